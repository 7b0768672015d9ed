// A connector: health, graphs, tasks, partitions, configuration, history.

import { act, remove, restartTask } from './actions.js';
import { call, get, path } from './api.js';
import { chart } from './chart.js';
import { badge, fill, h, icon, keyed, setBadge, text } from './dom.js';
import { ago, bytes, cause, clock, count, duration, exact, rate } from './format.js';
import { changeOffsets } from './offsets.js';
import { showPreview } from './preview.js';

const actions = { CREATE: 'Created', CONFIGURE: 'Configuration changed', PAUSE: 'Pause asked for', RESUME: 'Resume asked for', STOP: 'Stop asked for', RESTART: 'Restart asked for', CHANGE_OFFSETS: 'Offsets changed', RESET_OFFSETS: 'Offsets reset' };

export function connectorView(name, refresh) {
  let loaded = 0;
  const health = h('span');
  const sub = h('p', { class: 'note' });
  const buttons = {};
  const button = (key, label, verb, kind) => buttons[key] = h('button', { type: 'button', class: kind ?? null, onclick: verb }, label);
  const problem = h('div', { 'aria-live': 'polite' });
  const graphs = {
    records: chart('Records', ['in', 'out'], rate), lag: chart('Lag', ['committed', 'acknowledged'], count),
    latency: chart('Latency', ['p50', 'p99'], duration), bytes: chart('Bytes', ['in', 'out'], n => n === null || n === undefined ? '–' : `${bytes(n)}/s`),
  };
  const tasks = h('tbody');
  const partitions = h('tbody');
  const config = h('dl', { class: 'config' });
  const topics = h('p', { class: 'pad' });
  const history = h('ol', { class: 'history', reversed: true, tabindex: '0', 'aria-label': 'What happened, newest first' });
  const preview = h('div');

  const element = [
    h('div', { class: 'head' },
      h('div', { class: 'grow' }, h('p', { class: 'crumb' }, h('a', { href: '#/' }, 'Connectors')), h('div', { class: 'bar' }, h('h1', {}, name), health), sub),
      h('div', { class: 'bar' },
        button('toggle', 'Pause', () => act(buttons.toggle.dataset.verb, [name], refresh)),
        button('restart', [icon('restart'), 'Restart'], () => act('restart', [name], refresh)),
        button('failed', 'Restart failed tasks', () => act('restart failed tasks', [name], refresh)),
        button('stop', 'Stop', () => act('stop', [name], refresh), 'danger'),
        button('offsets', 'Change offsets', () => changeOffsets(name, refresh)),
        h('a', { class: 'button', href: `#/c/${encodeURIComponent(name)}/edit` }, 'Edit'),
        button('delete', 'Delete', async () => { if (await remove(name)) location.hash = '#/'; }, 'danger'))),
    problem,
    h('div', { class: 'charts' }, Object.values(graphs).map(graph => graph.element)),
    section('Tasks', h('div', { class: 'scroll' }, h('table', { class: 'cards' }, h('caption', { class: 'hidden' }, 'Tasks'),
      heads('Task', 'State', 'Worker', 'In → out#', 'Lag#', 'Latency p50 / p99#', 'Put avg / max#', 'In flight#', 'Restarts#', 'Last progress', 'Error', ''), tasks))),
    section('Partitions', h('div', { class: 'scroll' }, h('table', { class: 'cards' }, h('caption', { class: 'hidden' }, 'Partitions'),
      heads('Topic', 'Partition#', 'Task#', 'Committed#', 'Acknowledged#', 'End#', 'Lag#'), partitions))),
    section('Records before and after the transforms', preview, h('button', { type: 'button', class: 'small', onclick: event => showPreview(preview, { connector: name }, event.currentTarget) }, 'Show the last records')),
    section('Configuration', config), section('Topics', topics), section('History', history, h('span', { class: 'note' }, 'since the worker started')),
  ];
  return { title: name, page: 'list', element, every: () => 2000, load, failed };

  async function load(signal) {
    const detail = await get(path`/exports/connectors/${name}`, signal);
    setBadge(health, detail.health);
    text(sub, [detail.plugin, `state ${detail.state}`, detail.worker_id, detail.last_progress ? `last progress ${ago(detail.last_progress)}` : 'nothing delivered yet'].filter(Boolean).join(' · '));
    const isDown = detail.target_state === 'PAUSED' || detail.target_state === 'STOPPED';
    buttons.toggle.dataset.verb = isDown ? 'resume' : 'pause';
    text(buttons.toggle, isDown ? 'Resume' : 'Pause');
    buttons.stop.disabled = detail.target_state === 'STOPPED';
    buttons.failed.hidden = detail.tasks.failed === 0;
    showProblem(detail.problem);
    graphs.records.push([detail.records_in, detail.records_out]);
    graphs.lag.push([detail.lag, detail.acknowledged_lag]);
    graphs.latency.push([detail.latency_ms?.p50, detail.latency_ms?.p99]);
    graphs.bytes.push([detail.bytes_in, detail.bytes_out]);
    keyed(tasks, detail.task_list, task => task.id, makeTask, updateTask);
    const most = Math.max(1, ...detail.partitions.map(partition => partition.lag ?? 0));
    keyed(partitions, detail.partitions, partition => `${partition.topic}/${partition.partition}`, makePartition, (row, partition) => updatePartition(row, partition, most));
    text(topics, detail.topics.join(', ') || 'No records have been read yet.');
    keyed(history, detail.history, entry => `${entry.time} ${entry.task} ${entry.to ?? entry.action}`, makeEntry, () => {});
    // It changes rarely, and then the page is opened anew.
    if (loaded++ % 15 === 0) await showConfig(signal);
  }

  function failed(error) {
    if (error.status === 404) fill(document.getElementById('main'), h('div', { class: 'card empty' }, h('h2', {}, `There is no connector “${name}”`), h('a', { class: 'button', href: '#/' }, 'All connectors')));
  }

  function showProblem(trouble) {
    const shown = trouble ? trouble.since + trouble.message : '';
    if (problem.dataset.text === shown) return;
    problem.dataset.text = shown;
    fill(problem, trouble && h('div', { class: 'problem' }, h('p', {}, h('strong', {}, cause(trouble.cause)), ` since ${clock(trouble.since)}`), h('p', {}, trouble.message), h('p', {}, h('b', {}, 'What to do: '), trouble.advice)));
  }

  async function showConfig(signal) {
    const stored = await get(path`/connectors/${name}/config`, signal);
    const secret = await passwords(stored, signal);
    fill(config, Object.keys(stored).sort().map(key => [h('dt', {}, h('code', {}, key)), h('dd', { class: 'mono' }, secret.has(key) && !/^\$\{.*\}$/.test(stored[key]) ? '••••••••' : stored[key])]));
  }

  function makeTask(task) {
    const parts = Object.fromEntries(['state', 'worker', 'rates#', 'lag#', 'latency#', 'put#', 'flight#', 'restarts#', 'progress', 'error'].map((key, i) =>
      [key.replace('#', ''), h('td', { class: key.endsWith('#') ? 'n' : key === 'error' ? 'wide' : null, 'data-label': ['State', 'Worker', 'In → out', 'Lag', 'Latency p50 / p99', 'Put avg / max', 'In flight', 'Restarts', 'Last progress', 'Error'][i] })]));
    const row = h('tr', {}, h('td', { class: 'name' }, `Task ${task.id}`), ...Object.values(parts),
      h('td', {}, h('button', { type: 'button', class: 'quiet icon', title: 'Restart', 'aria-label': `Restart task ${task.id}`, onclick: () => restartTask(name, task.id, refresh) }, icon('restart'))));
    return Object.assign(row, { parts });
  }

  function updateTask({ parts }, task) {
    setBadge(parts.state, task.health === 'UNHEALTHY' && task.state === 'RUNNING' ? 'UNHEALTHY' : task.state);
    text(parts.worker, task.worker_id);
    text(parts.rates, `${rate(task.records_in)} → ${rate(task.records_out)}`);
    text(parts.lag, count(task.lag));
    text(parts.latency, task.latency_ms ? `${duration(task.latency_ms.p50)} / ${duration(task.latency_ms.p99)}` : '–');
    text(parts.put, task.put_time_ms ? `${duration(task.put_time_ms.avg)} / ${duration(task.put_time_ms.max)}` : '–');
    text(parts.flight, count(task.in_flight_records));
    text(parts.restarts, `${count(task.restarts_total)}${task.next_restart ? `, next in ${duration(Math.max(0, Date.parse(task.next_restart) - Date.now()))}` : ''}`);
    text(parts.progress, task.last_progress ? ago(task.last_progress) : 'never');
    const error = task.problem ? `${cause(task.problem.cause)}: ${task.problem.message}` : task.last_error ?? '';
    if (parts.error.dataset.text !== error) {
      parts.error.dataset.text = error;
      fill(parts.error, error && h('span', { class: 'clip', title: error }, error));
    }
  }

  function makePartition(partition) {
    const cell = label => h('td', { class: 'n', 'data-label': label });
    const parts = { task: cell('Task'), committed: cell('Committed'), acknowledged: cell('Acknowledged'), end: cell('End'), lag: cell('Lag') };
    const number = h('span');
    const bar = h('i');
    fill(parts.lag, number, h('span', { class: 'meter', 'aria-hidden': 'true' }, bar));
    return Object.assign(h('tr', {}, h('td', { class: 'wide' }, partition.topic), fill(cell('Partition'), String(partition.partition)), ...Object.values(parts)), { parts, number, bar });
  }

  function updatePartition(row, partition, most) {
    text(row.parts.task, String(partition.task));
    text(row.parts.committed, exact(partition.committed_offset));
    text(row.parts.acknowledged, exact(partition.acknowledged_offset));
    text(row.parts.end, exact(partition.end_offset));
    text(row.number, exact(partition.lag));
    row.bar.style.width = `${(partition.lag ?? 0) / most * 100}%`;
  }

  function makeEntry(entry) {
    const what = entry.action ? actions[entry.action] ?? entry.action : [entry.from ? badge(entry.from) : null, entry.from ? ' → ' : null, badge(entry.to)];
    return h('li', {}, h('time', { datetime: entry.time }, clock(entry.time)), h('span', {}, entry.task === undefined ? 'connector' : `task ${entry.task}`), h('span', {}, what, entry.reason && h('span', { class: 'note' }, ` ${entry.reason}`)));
  }
}

/** The keys of a configuration whose values are passwords, as the plugin's definition says. */
export async function passwords(config, signal) {
  try {
    const checked = await call('PUT', path`/connector-plugins/${config['connector.class'] ?? ''}/config/validate`, config, signal);
    return new Set(checked.configs.filter(entry => entry.definition.type === 'PASSWORD').map(entry => entry.definition.name));
  } catch {
    // Without the plugin's word, whatever may be a secret is taken for one.
    return new Set(Object.keys(config).filter(key => /password|secret|token|key|credential|authorization|jaas/i.test(key) && !/^(key|value)\.converter/.test(key)));
  }
}

function section(title, content, extra) {
  return h('section', { class: 'card', 'aria-label': title }, h('header', {}, h('h2', {}, title), extra ?? null), content);
}

function heads(...titles) {
  return h('thead', {}, h('tr', {}, titles.map(title => h('th', { scope: 'col', class: title.endsWith('#') ? 'n' : null }, title.replace('#', '') || h('span', { class: 'hidden' }, 'Actions')))));
}
