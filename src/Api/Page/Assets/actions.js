// What can be done with connectors, with confirmation where it stops or loses something.

import { call, path } from './api.js';
import { attempt, confirm, toast } from './dialogs.js';

const verbs = {
  pause: { done: 'paused', run: name => call('PUT', path`/connectors/${name}/pause`) },
  resume: { done: 'resumed', run: name => call('PUT', path`/connectors/${name}/resume`) },
  stop: { done: 'stopped', run: name => call('PUT', path`/connectors/${name}/stop`), asks: 'Its tasks deliver what is on its way and end. Offsets are kept; delivery goes on from there when it is resumed.' },
  restart: { done: 'restarted', run: name => call('POST', `${path`/connectors/${name}/restart`}?includeTasks=true`) },
  'restart failed tasks': { done: 'restarted', run: name => call('POST', `${path`/connectors/${name}/restart`}?includeTasks=true&onlyFailed=true`) },
};

/** Does something with connectors; asks first where it should. Returns whether it was done. */
export async function act(verb, names, refresh) {
  const { run, done, asks } = verbs[verb];
  const what = names.length === 1 ? `“${names[0]}”` : `${names.length} connectors`;
  const label = verb[0].toUpperCase() + verb.slice(1);
  if ((asks || names.length > 1) && !await confirm({ title: `${label} ${what}?`, text: asks ?? names.slice(0, 10).join(', ') + (names.length > 10 ? ', …' : ''), action: label, danger: verb === 'stop' })) return false;
  const failures = [];
  // A few at a time: the worker answers each when it is stored.
  const queue = [...names];
  await Promise.all(Array.from({ length: 8 }, async () => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
      try { await run(name); } catch (error) { failures.push(`${name}: ${error.message}`); }
    }
  }));
  if (failures.length) toast(failures.slice(0, 5).join('\n'), true);
  if (failures.length < names.length) toast(names.length === 1 ? `${what} was ${done}.` : `${names.length - failures.length} connectors were ${done}.`);
  await refresh();
  return failures.length === 0;
}

/** Restarts one task. */
export const restartTask = (name, task, refresh) => attempt(() => call('POST', path`/connectors/${name}/tasks/${task}/restart`), `Task ${task} was restarted.`).then(refresh);

/** Deletes a connector, whose name has to be typed. Returns whether it was done. */
export async function remove(name) {
  if (!await confirm({ title: `Delete “${name}”?`, text: 'Its tasks end, and the worker forgets its configuration and offsets. The Kafka group keeps its own offsets. This cannot be undone.', action: 'Delete', danger: true, type: name })) return false;
  return attempt(() => call('DELETE', path`/connectors/${name}`), `“${name}” was deleted.`);
}
