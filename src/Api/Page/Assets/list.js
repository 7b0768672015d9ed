// All connectors, abnormal ones first.

import { act } from './actions.js';
import { get } from './api.js';
import { fill, h, icon, keyed, setBadge, text } from './dom.js';
import { bytes, cause, count, duration, rate } from './format.js';

const columns = [
  { title: '' }, { title: 'Connector', sort: 'name' }, { title: 'Health', sort: 'health' }, { title: 'Tasks', n: true }, { title: 'In → out', sort: 'rate', n: true },
  { title: 'Lag', sort: 'lag', n: true }, { title: 'Latency p50 / p99', sort: 'latency', n: true }, { title: 'Restarts', sort: 'restarts', n: true }, { title: 'Problem' }, { title: '' },
];
const healths = ['UNHEALTHY', 'DEGRADED', 'STARTING', 'HEALTHY', 'PAUSED', 'STOPPED'];
const pageSize = 50;
const many = 1000;

export function listView(query, refresh) {
  let { search, health, sort, order, page } = read(query);
  let total = 0;
  let typing = 0;
  const selected = new Set();

  const stats = h('dl', { class: 'stats' });
  const values = Object.fromEntries(['Connectors', 'Records in', 'Records out', 'Bytes out', 'Lag'].map(name => {
    const value = h('dd', {}, '–');
    stats.append(h('div', { class: 'stat' }, h('dt', {}, name), value));
    return [name, value];
  }));
  const searchBox = h('input', { type: 'search', placeholder: 'Search by name  ( / )', 'aria-label': 'Search connectors by name', value: search, oninput: () => {
    clearTimeout(typing);
    typing = setTimeout(() => go({ search: searchBox.value, page: 0 }), 200);
  } });
  const chips = Object.fromEntries(healths.map(word => {
    const number = h('b', {}, '0');
    const chip = h('button', { type: 'button', class: 'chip', 'aria-pressed': 'false', onclick: () => {
      const next = new Set(health);
      if (!next.delete(word)) next.add(word);
      go({ health: [...next], page: 0 });
    } }, word[0] + word.slice(1).toLowerCase(), ' ', number);
    return [word, { chip, number }];
  }));
  const body = h('tbody');
  const heads = columns.map(column => h('th', { scope: 'col', class: column.n ? 'n' : null },
    column.sort ? h('button', { type: 'button', onclick: () => go(column.sort === sort ? { order: shownOrder() === 'asc' ? 'desc' : 'asc' } : { sort: column.sort, order: '', page: 0 }) }, column.title) : column.title || h('span', { class: 'hidden' }, 'Actions')));
  const all = h('input', { type: 'checkbox', 'aria-label': 'Select all that are shown', onchange: () => {
    for (const row of body.rows) mark(row, all.checked);
    showBulk();
  } });
  fill(heads[0], all);
  const table = h('table', { class: 'cards' }, h('caption', { class: 'hidden' }, 'Connectors'), h('thead', {}, h('tr', {}, heads)), body);
  const pages = h('div', { class: 'bar pad' });
  const empty = h('div', { class: 'empty', hidden: true });
  const card = h('section', { class: 'card', 'aria-label': 'Connectors' }, table, empty, pages);
  const chosen = h('span', { class: 'grow' });
  const bulk = h('div', { class: 'card bar bulk', role: 'group', 'aria-label': 'Selected connectors', hidden: true }, chosen,
    ['pause', 'resume', 'restart', 'stop'].map(verb => h('button', { type: 'button', class: verb === 'stop' ? 'danger' : null, onclick: async () => {
      if (await act(verb, [...selected], refresh)) clear();
    } }, icon(verb === 'resume' ? 'play' : verb), verb[0].toUpperCase() + verb.slice(1))),
    h('button', { type: 'button', class: 'quiet', onclick: clear }, 'Clear'));
  const element = [h('h1', { class: 'hidden' }, 'Connectors'), stats,
    h('div', { class: 'bar' }, h('div', { class: 'search grow' }, searchBox), h('div', { class: 'chips', role: 'group', 'aria-label': 'Filter by health' }, healths.map(word => chips[word].chip))), card, bulk];

  return { title: 'Connectors', page: 'list', element, every: () => total > many ? 5000 : 2000, load, failed, onkey, moved };

  async function load(signal) {
    const parameters = new URLSearchParams({ search, sort, offset: page * pageSize, limit: pageSize });
    if (health.length) parameters.set('health', health.join());
    if (order) parameters.set('order', order);
    const answer = await get(`/exports/connectors?${parameters}`, signal);
    total = answer.total;
    if (page > 0 && answer.connectors.length === 0) return go({ page: 0 });
    text(values.Connectors, count(answer.total));
    text(values['Records in'], rate(answer.rates.records_in));
    text(values['Records out'], rate(answer.rates.records_out));
    text(values['Bytes out'], `${bytes(answer.rates.bytes_out)}/s`);
    text(values.Lag, count(answer.lag));
    for (const word of healths) {
      text(chips[word].number, count(answer.health[word] ?? 0));
      chips[word].chip.setAttribute('aria-pressed', health.includes(word));
    }
    columns.forEach((column, i) => {
      if (column.sort === sort) heads[i].setAttribute('aria-sort', shownOrder() === 'asc' ? 'ascending' : 'descending');
      else heads[i].removeAttribute('aria-sort');
    });
    keyed(body, answer.connectors, row => row.name, makeRow, updateRow);
    showPages(answer.matching);
    table.hidden = answer.connectors.length === 0;
    empty.hidden = !table.hidden;
    if (!empty.hidden) {
      if (answer.total === 0) fill(empty, h('h2', {}, 'No connectors yet'), h('p', {}, 'A connector reads Kafka topics and delivers their records to one destination.'), h('a', { class: 'button primary', href: '#/new' }, 'New connector'));
      else fill(empty, h('h2', {}, 'Nothing matches'), h('p', {}, `None of ${count(answer.total)} connectors has this name and health.`), h('button', { type: 'button', onclick: () => { searchBox.value = ''; go({ search: '', health: [], page: 0 }); } }, 'Show all'));
    }
  }

  function failed(error) {
    if (body.rows.length) return;
    table.hidden = true;
    empty.hidden = false;
    fill(empty, h('h2', {}, error.status === 0 ? 'The worker does not answer' : 'Connectors cannot be shown'), h('p', {}, error.message));
  }

  function makeRow(connector) {
    const name = connector.name;
    const link = h('a', { href: `#/c/${encodeURIComponent(name)}` }, name);
    const cell = (label, kind) => h('td', { 'data-label': label, class: kind });
    const parts = { health: cell('Health'), tasks: cell('Tasks', 'n'), rates: cell('In → out', 'n'), lag: cell('Lag', 'n'), latency: cell('Latency p50 / p99', 'n'), restarts: cell('Restarts', 'n'), problem: cell(null, 'wide') };
    const plugin = h('span', { class: 'note' });
    const check = h('input', { type: 'checkbox', 'aria-label': `Select ${name}`, onchange: () => { mark(row, check.checked); showBulk(); } });
    const toggle = h('button', { type: 'button', class: 'quiet icon', onclick: () => act(toggle.dataset.verb, [name], refresh) });
    const row = h('tr', { class: 'row', tabindex: '-1' }, h('td', {}, check), h('td', { class: 'name wide' }, link, plugin), ...Object.values(parts),
      h('td', { class: 'wide' }, h('div', { class: 'row-actions' }, toggle, h('button', { type: 'button', class: 'quiet icon', title: 'Restart', 'aria-label': `Restart ${name} and its tasks`, onclick: () => act('restart', [name], refresh) }, icon('restart')))));
    Object.assign(row, { parts, plugin, check, toggle, link });
    mark(row, selected.has(name), name);
    return row;
  }

  function updateRow(row, connector) {
    const { parts } = row;
    text(row.plugin, [connector.plugin?.replace(/Connector$/, '') ?? connector.class, connector.state === 'RUNNING' ? null : connector.state.toLowerCase()].filter(Boolean).join(' · '));
    setBadge(parts.health, connector.health);
    text(parts.tasks, connector.tasks.total ? `${connector.tasks.running}/${connector.tasks.total}` : '–');
    text(parts.rates, connector.tasks.total ? `${rate(connector.records_in)} → ${rate(connector.records_out)}` : '–');
    text(parts.lag, count(connector.lag));
    text(parts.latency, connector.latency_ms ? `${duration(connector.latency_ms.p50)} / ${duration(connector.latency_ms.p99)}` : '–');
    text(parts.restarts, connector.restarts ? count(connector.restarts) : '0');
    const problem = connector.problem ? `${cause(connector.problem.cause)}: ${connector.problem.message}` : '';
    if (parts.problem.dataset.text !== problem) {
      parts.problem.dataset.text = problem;
      fill(parts.problem, problem && h('span', { class: 'clip', title: connector.problem.advice }, h('b', {}, cause(connector.problem.cause)), ` ${connector.problem.message}`));
    }
    const verb = ['PAUSED', 'STOPPED'].includes(connector.health) ? 'resume' : 'pause';
    if (row.toggle.dataset.verb !== verb) {
      row.toggle.dataset.verb = verb;
      row.toggle.title = verb === 'pause' ? 'Pause' : 'Resume';
      row.toggle.setAttribute('aria-label', `${row.toggle.title} ${connector.name}`);
      fill(row.toggle, icon(verb === 'pause' ? 'pause' : 'play'));
    }
  }

  function mark(row, isSelected, name = row.dataset.key) {
    row.check.checked = isSelected;
    row.setAttribute('aria-selected', isSelected);
    if (isSelected) selected.add(name);
    else selected.delete(name);
  }

  function showBulk() {
    bulk.hidden = selected.size === 0;
    text(chosen, `${selected.size} selected`);
    all.checked = body.rows.length > 0 && [...body.rows].every(row => row.check.checked);
  }

  function clear() {
    selected.clear();
    for (const row of body.rows) mark(row, false);
    showBulk();
  }

  function showPages(matching) {
    const last = Math.max(0, Math.ceil(matching / pageSize) - 1);
    const label = `${page}/${last}/${matching}`;
    if (pages.dataset.shown === label) return;
    pages.dataset.shown = label;
    pages.hidden = matching === 0;
    fill(pages, h('span', { class: 'note grow' }, matching <= pageSize ? `${count(matching)} connectors` : `${count(page * pageSize + 1)}–${count(Math.min(matching, (page + 1) * pageSize))} of ${count(matching)}`),
      last > 0 && [h('button', { type: 'button', disabled: page === 0, onclick: () => go({ page: page - 1 }) }, 'Previous'), h('button', { type: 'button', disabled: page === last, onclick: () => go({ page: page + 1 }) }, 'Next')]);
  }

  function shownOrder() {
    return order || (sort === 'name' ? 'asc' : 'desc');
  }

  function onkey(event) {
    if (event.key === '/') { searchBox.focus(); searchBox.select(); return true; }
    const row = document.activeElement?.closest?.('tr.row');
    if (['j', 'ArrowDown', 'k', 'ArrowUp'].includes(event.key)) {
      const next = !row ? body.rows[0] : event.key === 'j' || event.key === 'ArrowDown' ? row.nextElementSibling : row.previousElementSibling;
      next?.focus();
      return next !== undefined && next !== null;
    }
    if (row && event.key === 'Enter' && document.activeElement === row) { row.link.click(); return true; }
    if (row && event.key === 'x') { mark(row, !row.check.checked); showBulk(); return true; }
    return false;
  }

  /** Filters are in the address, so that it can be kept and sent. */
  function go(change) {
    const next = { search, health, sort, order, page, ...change };
    const parameters = new URLSearchParams();
    for (const [name, value] of [['search', next.search], ['health', next.health.join()], ['sort', next.sort === 'health' ? '' : next.sort], ['order', next.order], ['page', next.page || '']]) {
      if (value) parameters.set(name, value);
    }
    const hash = `#/${parameters.size ? `?${parameters}` : ''}`;
    if (hash === (location.hash || '#/')) return refresh();
    location.hash = hash;
  }

  function moved(hash) {
    if (!/^#?\/?(\?|$)/.test(hash)) return false;
    ({ search, health, sort, order, page } = read(new URLSearchParams(hash.split('?')[1])));
    if (document.activeElement !== searchBox) searchBox.value = search;
    return true;
  }
}

function read(query) {
  return {
    search: query.get('search') ?? '',
    health: (query.get('health') ?? '').split(',').filter(word => healths.includes(word)),
    sort: query.get('sort') ?? 'health',
    order: query.get('order') ?? '',
    page: Math.max(0, Number(query.get('page')) || 0),
  };
}
