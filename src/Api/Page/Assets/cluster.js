// The workers and their load.

import { get } from './api.js';
import { fill, h, keyed, text } from './dom.js';
import { ago, bytes, count, rate } from './format.js';

export function clusterView() {
  const about = h('p', { class: 'note' });
  const problem = h('div');
  const list = h('div', { class: 'charts' });
  return { title: 'Cluster', page: 'cluster', element: [h('div', { class: 'head' }, h('div', { class: 'grow' }, h('h1', {}, 'Cluster'), about)), problem, list], every: () => 2000, load };

  async function load(signal) {
    const cluster = await get('/exports/cluster', signal);
    text(about, `Exports ${cluster.version} · engine ${cluster.engine} · Kafka ${cluster.kafka.bootstrap_servers}`);
    const trouble = cluster.kafka.problem ?? '';
    if (problem.dataset.text !== trouble) {
      problem.dataset.text = trouble;
      fill(problem, trouble && h('div', { class: 'problem', role: 'alert' }, h('strong', {}, 'Kafka unavailable'), h('p', {}, trouble)));
    }
    keyed(list, cluster.workers, worker => worker.worker_id, make, update);
  }

  function make(worker) {
    const names = ['CPU', 'Memory', 'Tasks running', 'Connectors', 'Records in', 'Records out', 'Buffered', 'Lanes', 'Threads', 'Grain activations', 'Started'];
    const values = {};
    const stats = h('dl', { class: 'stats' }, names.map(name => h('div', { class: 'stat' }, h('dt', {}, name), values[name] = h('dd', {}, '–'))));
    const ready = h('span', { class: 'note' });
    const card = h('section', { class: 'card', 'aria-label': `Worker ${worker.worker_id}` }, h('header', {}, h('h2', {}, worker.worker_id), ready), h('div', { class: 'pad' }, stats));
    return Object.assign(card, { values, ready });
  }

  function update(card, worker) {
    const { values } = card;
    text(card.ready, worker.ready ? 'ready' : 'not ready');
    text(values.CPU, `${worker.cpu_cores_used.toFixed(2)} of ${worker.cpu_cores} cores`);
    text(values.Memory, bytes(worker.memory_bytes));
    text(values['Tasks running'], `${count(worker.running_tasks)}/${count(worker.tasks)}`);
    text(values.Connectors, count(worker.connectors));
    text(values['Records in'], rate(worker.records_in));
    text(values['Records out'], rate(worker.records_out));
    text(values.Buffered, bytes(worker.buffered_bytes));
    text(values.Lanes, count(worker.lanes));
    text(values.Threads, count(worker.threads));
    text(values['Grain activations'], count(worker.activations));
    text(values.Started, ago(worker.started));
  }
}
