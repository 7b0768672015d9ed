// Changes a connector's offsets: shows from where to where, then stops it, changes them, and resumes it.

import { call, get, path } from './api.js';
import { toast } from './dialogs.js';
import { fill, h } from './dom.js';
import { exact } from './format.js';

export async function changeOffsets(name, refresh) {
  const key = entry => `${entry.partition.kafka_topic}/${entry.partition.kafka_partition}`;
  const now = new Map();
  let wanted = [];
  const errors = h('p', { class: 'errors', role: 'alert' });
  const plan = h('tbody');
  const when = h('input', { type: 'datetime-local', id: 'when', step: 1, 'aria-label': 'Time', disabled: true, onchange: () => look() });
  const choice = (value, label) => h('label', { class: 'choice' }, h('input', { type: 'radio', name: 'to', value, onchange: () => { when.disabled = value !== 'time'; look(); } }), label);
  const apply = h('button', { type: 'submit', class: 'primary danger', disabled: true }, 'Change offsets');
  const dialog = h('dialog', { 'aria-labelledby': 'offsets-title' },
    h('form', { method: 'dialog', onsubmit: change },
      h('h2', { id: 'offsets-title' }, 'Change offsets'),
      h('p', { class: 'note' }, `“${name}” is stopped, its offsets are changed in the worker and in its Kafka group, and it goes on from there if it ran before. Going back delivers records again; going forward leaves records out.`),
      h('fieldset', {}, h('legend', {}, 'Go on from'),
        choice('earliest', 'the first record that there is'), choice('latest', 'the next record that is written (leaves out what waits)'), choice('time', 'the first record from this time on:'), when, choice('group', 'what its Kafka group has committed (after the store was restored from an old copy)'), choice('number', 'offsets given for each partition')),
      h('div', { class: 'scroll' }, h('table', {}, h('caption', { class: 'hidden' }, 'From where to where'), h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, 'Partition'), h('th', { scope: 'col', class: 'n' }, 'now'), h('th', { scope: 'col', class: 'n' }, 'then'))), plan)),
      errors, h('div', { class: 'bar' }, h('button', { type: 'button', class: 'quiet', onclick: () => dialog.close() }, 'Cancel'), apply)));
  document.body.append(dialog);
  dialog.addEventListener('close', () => dialog.remove());
  dialog.showModal();
  let target = null;
  try {
    const detail = await get(path`/exports/connectors/${name}`);
    target = detail.target_state;
    const known = await get(path`/connectors/${name}/offsets`);
    for (const entry of known.offsets) now.set(key(entry), entry.offset.kafka_offset);
  } catch (error) {
    errors.textContent = error.message;
  }

  async function look() {
    errors.textContent = '';
    apply.disabled = true;
    const mode = dialog.querySelector('input[name=to]:checked')?.value;
    if (!mode || (mode === 'time' && !when.value)) return fill(plan);
    try {
      const at = mode === 'time' ? new Date(when.value).toISOString() : mode === 'number' ? 'earliest' : mode;
      const found = (await get(`${path`/exports/connectors/${name}/positions`}?at=${encodeURIComponent(at)}`)).offsets;
      wanted = found.map(entry => mode === 'number' && now.has(key(entry)) ? { ...entry, offset: { kafka_offset: now.get(key(entry)) } } : entry);
      fill(plan, wanted.map(entry => h('tr', {}, h('td', {}, `${entry.partition.kafka_topic}-${entry.partition.kafka_partition}`), h('td', { class: 'n' }, exact(now.get(key(entry)))),
        h('td', { class: 'n' }, mode === 'number'
          ? h('input', { type: 'number', min: 0, step: 1, required: true, value: entry.offset.kafka_offset, 'aria-label': `Offset of ${entry.partition.kafka_topic}-${entry.partition.kafka_partition}`, oninput: event => { entry.offset = { kafka_offset: Number(event.target.value) }; } })
          : exact(entry.offset.kafka_offset)))));
      apply.disabled = wanted.length === 0;
    } catch (error) {
      errors.textContent = error.message;
      fill(plan);
    }
  }

  async function change(event) {
    event.preventDefault();
    apply.disabled = true;
    errors.textContent = '';
    try {
      await call('PUT', path`/connectors/${name}/stop`);
      try {
        await call('PATCH', path`/connectors/${name}/offsets`, { offsets: wanted });
      } finally {
        if (target === 'RUNNING') await call('PUT', path`/connectors/${name}/resume`);
        if (target === 'PAUSED') await call('PUT', path`/connectors/${name}/pause`);
      }
      toast(`The offsets of “${name}” were changed.`);
      dialog.close();
    } catch (error) {
      errors.textContent = error.message;
      apply.disabled = false;
    }
    await refresh();
  }
}
