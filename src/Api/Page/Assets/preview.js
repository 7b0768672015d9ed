// Some records before and after the transforms, side by side.

import { call } from './api.js';
import { fill, h } from './dom.js';
import { clock } from './format.js';

/** Reads records and shows them. What is asked for is a configuration or the name of a connector. */
export async function showPreview(parent, request, button) {
  button.disabled = true;
  fill(parent, h('p', { class: 'pad note', role: 'status' }, 'Reading …'));
  try {
    const { records } = await call('POST', '/exports/preview', { ...request, limit: 5 });
    fill(parent, records.length ? records.map(show) : h('p', { class: 'pad note' }, 'The topics have no records yet.'));
  } catch (error) {
    fill(parent, h('p', { class: 'pad errors', role: 'alert' }, error.message));
  } finally {
    button.disabled = false;
  }
}

function show(record) {
  const before = lines({ topic: record.topic, key: record.before.key ?? null, value: record.before.value ?? null, headers: record.before.headers });
  const after = record.after ? lines({ topic: record.after.topic, key: record.after.key ?? null, value: record.after.value ?? null, headers: record.after.headers }) : null;
  return h('div', { class: 'record' },
    h('div', { class: 'where' }, `${record.topic}-${record.partition}, offset ${record.offset}${record.timestamp ? `, ${clock(record.timestamp)}` : ''}`),
    h('div', {}, h('h3', {}, 'Before'), h('pre', {}, mark(before, after, 'gone'))),
    h('div', {}, h('h3', {}, 'After'), record.error ? h('p', { class: 'errors' }, `${record.error.stage}: ${record.error.message}`) : record.dropped ? h('p', { class: 'warnings' }, 'Left out by a transform.') : h('pre', {}, mark(after, before, null))));
}

const lines = content => JSON.stringify(content, null, 2).split('\n');

/** Marks the lines that the other side does not have. */
function mark(own, other, kind) {
  const known = new Set((other ?? own).map(bare));
  return own.map(line => [known.has(bare(line)) ? line : h('mark', { class: kind }, line), '\n']);
}

const bare = line => line.replace(/,$/, '');
