// What the programs of this folder share as processes.
import { createRequire } from 'node:module';

// NODE_PATH names the folder that ../install.sh has filled; 'import' does not look there, 'require' does.
export const require = createRequire(import.meta.url);

// The options of the command line, all of the form --name value.
export function options(defaults) {
  const result = { ...defaults };
  for (let i = 2; i < process.argv.length; i += 2) {
    const name = process.argv[i].replace(/^--/, '');
    if (!(name in defaults) || i + 1 >= process.argv.length) throw new Error(`unknown or incomplete option: ${process.argv[i]}`);
    result[name] = typeof defaults[name] === 'number' ? Number(process.argv[i + 1]) : process.argv[i + 1];
  }
  return result;
}

// Ends this process when the one that started it has gone, however that went, and takes another with it that cannot do the same.
export function endWithParent(alongWith = 0) {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid === parent) return;
    if (alongWith) {
      try { process.kill(alongWith, 'SIGKILL'); } catch { /* it has ended */ }
    }
    process.exit(1);
  }, 500).unref();
}

// Says on standard output where this process listens, in one line of JSON.
export function announce(ports) {
  console.log(JSON.stringify(ports));
}

export function listen(server) {
  return new Promise((done, failed) => {
    server.once('error', failed);
    server.listen(0, '127.0.0.1', () => done(server.address().port));
  });
}

export function bodyOf(request) {
  return new Promise((done, failed) => {
    const chunks = [];
    request.on('data', chunk => chunks.push(chunk));
    request.on('end', () => done(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)));
    request.on('error', failed);
    request.on('aborted', () => failed(new Error('the client went away')));
  });
}
