// Lints a Dockerfile: instructions, their flags and arguments.
//   node dockerfile.mjs <node_modules> <Dockerfile>
// Prints a JSON array of texts.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const [modules, file] = process.argv.slice(2);
const { validate } = createRequire(join(modules, "dockerfile.js"))("dockerfile-utils");
console.log(JSON.stringify(validate(readFileSync(file, "utf8")).map(trouble => `${trouble.range.start.line + 1}: ${trouble.message}`)));
