// Checks manifests as a strict API server would: values by Kubernetes' own schemas, and fields that it does not know by its types.
//   node manifests.mjs <node_modules> <file.yaml>…
// Prints a JSON array: {file, kind, name, problems: [text]} for each document of each file.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";

const [modules, ...files] = process.argv.slice(2);
const require = createRequire(join(modules, "manifests.js"));
const yaml = require("yaml");
const ts = require("typescript");

// The package with the schema and the type of a kind; one that has none is a problem, not something to pass over.
function moduleOf({ apiVersion, kind }) {
    if (typeof apiVersion !== "string" || !/^[A-Za-z]+$/.test(kind ?? "")) return undefined;
    const of = apiVersion.startsWith("monitoring.coreos.com/") ? "@kubernetes-models/prometheus-operator" : "kubernetes-models";
    const path = `${of}/${apiVersion}/${kind}`;
    return existsSync(join(modules, `${path}.js`)) ? path : undefined;
}

// kustomize breaks long base64 into lines, which Kubernetes decodes and the schema's format refuses.
function withoutLineBreaks(content) {
    if (content.kind !== "Secret" || !content.data) return content;
    return { ...content, data: Object.fromEntries(Object.entries(content.data).map(([key, value]) => [key, String(value).replace(/\n/g, "")])) };
}

async function problemsOfValues(manifest) {
    const module = await import(pathToFileURL(join(modules, `${manifest.module}.js`)));
    try {
        new module[manifest.content.kind](withoutLineBreaks(manifest.content)).validate();
        return [];
    } catch (e) {
        if (!Array.isArray(e.errors)) throw e;
        return e.errors.map(error => `${error.instancePath || "/"}: ${error.message} ${JSON.stringify(error.params)}`);
    }
}

// One program for all of them: each manifest is a literal of its kind's type, and a literal may have no field that the type lacks.
function addProblemsOfFields(manifests) {
    const folder = join(modules, "..");
    const sources = new Map(manifests.map((manifest, index) => {
        const type = `I${manifest.content.kind}`;
        return [join(folder, `manifest-${index}.ts`),
            { manifest, text: `import { ${type} } from "${manifest.module}";\nexport const it: ${type} = ${JSON.stringify(manifest.content, null, 1)};\n` }];
    }));
    const options = {
        module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler, target: ts.ScriptTarget.ES2022,
        strict: true, noEmit: true, skipLibCheck: true, types: [],
    };
    const host = ts.createCompilerHost(options);
    const { getSourceFile, fileExists, readFile } = host;
    host.fileExists = name => sources.has(name) || fileExists(name);
    host.readFile = name => sources.get(name)?.text ?? readFile(name);
    host.getSourceFile = (name, ...rest) => sources.has(name)
        ? ts.createSourceFile(name, sources.get(name).text, ts.ScriptTarget.ES2022) : getSourceFile(name, ...rest);
    const program = ts.createProgram([...sources.keys()], options, host);
    for (const trouble of ts.getPreEmitDiagnostics(program)) {
        const text = ts.flattenDiagnosticMessageText(trouble.messageText, " ");
        const source = trouble.file && sources.get(trouble.file.fileName);
        if (!source) throw new Error(text);
        source.manifest.problems.push(text);
    }
}

const manifests = [];
for (const file of files) {
    for (const document of yaml.parseAllDocuments(readFileSync(file, "utf8"), { strict: true, uniqueKeys: true })) {
        const content = document.toJS() ?? {};
        const module = moduleOf(content);
        manifests.push({ file: basename(file), content, module, problems: document.errors.map(error => error.message) });
        if (!module) manifests.at(-1).problems.push(`no schema is known of ${content.apiVersion} ${content.kind}`);
    }
}

const known = manifests.filter(manifest => manifest.module);
for (const manifest of known) manifest.problems.push(...await problemsOfValues(manifest));
if (known.length > 0) addProblemsOfFields(known);
console.log(JSON.stringify(manifests.map(({ file, content, problems }) =>
    ({ file, kind: String(content.kind), name: String(content.metadata?.name), problems }))));
