// Creates and edits a connector: a form made from what the plugin's definition says, or JSON.

import { call, get, path } from './api.js';
import { passwords } from './connector.js';
import { toast } from './dialogs.js';
import { fill, h } from './dom.js';
import { showPreview } from './preview.js';

const mask = '••••••••';

export function editorView(existing) {
  let config = { 'connector.class': '', name: existing ?? '' };
  let stored = {};
  let definitions = [];
  let findings = new Map();
  let warnings = [];
  let secret = new Set();
  let checking = null;
  let timer = 0;
  let tab = 'form';
  const isPlaceholder = value => /^\$\{.*\}$/.test(value ?? '');

  const plugin = h('select', { id: 'plugin', onchange: () => choose(plugin.value) });
  const nameBox = h('input', { id: 'name', value: existing ?? '', disabled: existing !== null, oninput: () => set('name', nameBox.value) });
  const nameErrors = h('p', { class: 'errors', id: 'name-errors' });
  const content = h('div', { class: 'content' });
  const filter = h('input', { type: 'search', placeholder: 'Find a key', 'aria-label': 'Find a key', oninput: showFiltered });
  const tabs = ['form', 'json'].map(word => h('button', { type: 'button', role: 'tab', 'aria-selected': String(word === tab), onclick: () => { tab = word; tabs.forEach(t => t.setAttribute('aria-selected', String(t === tabs[word === 'form' ? 0 : 1]))); draw(); } }, word === 'form' ? 'Form' : 'JSON'));
  const summary = h('p', { role: 'status', class: 'grow' });
  const notes = h('div', { class: 'warnings' });
  const problem = h('p', { class: 'errors', role: 'alert' });
  const previewed = h('div');
  const save = h('button', { type: 'button', class: 'primary', onclick: submit }, existing ? 'Save' : 'Create');
  const element = [
    h('div', { class: 'head' }, h('div', { class: 'grow' }, h('p', { class: 'crumb' }, existing ? h('a', { href: `#/c/${encodeURIComponent(existing)}` }, existing) : h('a', { href: '#/' }, 'Connectors')), h('h1', {}, existing ? `Edit ${existing}` : 'New connector'))),
    h('section', { class: 'card pad bar', 'aria-label': 'What' }, h('div', { class: 'field grow' }, h('label', { for: 'name' }, 'Name'), nameBox, nameErrors), h('div', { class: 'field grow' }, h('label', { for: 'plugin' }, 'Destination'), plugin)),
    h('div', { class: 'bar' }, h('div', { class: 'tabs', role: 'tablist' }, tabs), h('div', { class: 'search grow' }, filter)),
    content, notes,
    h('section', { class: 'card', 'aria-label': 'Preview' }, h('header', {}, h('h2', {}, 'Records before and after the transforms'), h('button', { type: 'button', class: 'small', onclick: event => showPreview(previewed, { config: complete() }, event.currentTarget) }, 'Preview')), previewed),
    problem,
    h('div', { class: 'card bar bulk' }, summary, h('button', { type: 'button', onclick: preflight }, 'Check the destination'), h('a', { class: 'button quiet', href: existing ? `#/c/${encodeURIComponent(existing)}` : '#/' }, 'Cancel'), save)];
  return { title: existing ? `Edit ${existing}` : 'New connector', page: 'list', element, load, failed: error => { problem.textContent = error.message; } };

  async function load(signal) {
    const plugins = (await get('/connector-plugins', signal)).filter(entry => entry.type === 'sink');
    if (existing) {
      stored = await get(path`/connectors/${existing}/config`, signal);
      config = { ...stored };
    }
    const known = plugins.map(entry => entry.class);
    const own = config['connector.class'];
    fill(plugin, h('option', { value: '' }, 'Choose …'), own && !known.includes(own) && h('option', { value: own }, own), known.map(name => h('option', { value: name }, name.split('.').at(-1).replace(/(Sink)?Connector$/, ''))));
    plugin.value = own;
    if (own) secret = await passwords(config, signal);
    await check();
    draw();
  }

  function choose(name) {
    config['connector.class'] = name;
    definitions = [];
    draw();
    recheck();
  }

  function set(key, value) {
    if (value === '' && key !== 'name') delete config[key];
    else config[key] = value;
    clearTimeout(timer);
    timer = setTimeout(recheck, 400);
  }

  /** Checks again; the form is made anew where there are other keys than before, as with another transform. */
  async function recheck() {
    const names = () => definitions.map(definition => definition.name).join();
    const before = names();
    await check();
    if (names() === before || tab === 'json') return showFindings();
    const focused = document.activeElement?.dataset?.name;
    draw();
    if (focused) content.querySelector(`[data-name="${CSS.escape(focused)}"]`)?.focus();
  }

  /** What is sent: without keys that have no value. */
  function complete() {
    return Object.fromEntries(Object.entries(config).filter(([, value]) => value !== '' && value !== undefined));
  }

  async function check(query = '') {
    if (!config['connector.class']) {
      summary.textContent = 'Choose a destination.';
      return;
    }
    const mine = checking = {};
    try {
      const answer = await call('PUT', `${path`/connector-plugins/${config['connector.class']}/config/validate`}${query}`, complete());
      if (mine !== checking) return;
      definitions = answer.configs.map(entry => ({ ...entry.definition, recommended: entry.value.recommended_values }));
      findings = new Map(answer.configs.map(entry => [entry.value.name, entry.value.errors]));
      warnings = answer.warnings ?? [];
      secret = new Set(definitions.filter(definition => definition.type === 'PASSWORD').map(definition => definition.name));
      summary.textContent = answer.error_count === 0 ? 'No errors.' : `${answer.error_count} error${answer.error_count === 1 ? '' : 's'}.`;
      problem.textContent = '';
    } catch (error) {
      if (mine === checking) problem.textContent = error.message;
    }
  }

  function draw() {
    filter.parentElement.hidden = tab !== 'form';
    if (tab === 'json') return drawJson();
    const groups = new Map();
    const known = new Set(['name', 'connector.class']);
    for (const definition of definitions) {
      if (known.has(definition.name)) continue;
      known.add(definition.name);
      const group = definition.group || 'Other';
      groups.set(group, [...groups.get(group) ?? [], definition]);
    }
    const others = Object.keys(config).filter(key => !known.has(key));
    const newKey = h('input', { id: 'new-key', 'aria-label': 'Another key', placeholder: 'consumer.override.…' });
    fill(content, [...groups].map(([group, list]) => h('details', { class: 'group', open: list.some(isOpen) }, h('summary', {}, group), h('div', {}, list.map(field)))),
      definitions.length > 0 && h('details', { class: 'group', open: others.length > 0 }, h('summary', {}, 'Other keys'),
        h('div', {}, others.map(key => field({ name: key, type: secret.has(key) ? 'PASSWORD' : 'STRING', documentation: '' })),
          h('div', { class: 'field' }, h('label', { for: 'new-key' }, 'Another key'), h('div', { class: 'bar' }, h('span', { class: 'grow' }, newKey), h('button', { type: 'button', onclick: () => { if (newKey.value.trim()) { config[newKey.value.trim()] ??= ''; draw(); } } }, 'Add'))))));
    showFindings();
    showFiltered();
  }

  function isOpen(definition) {
    return definition.required || definition.importance === 'HIGH' || config[definition.name] !== undefined || findings.get(definition.name)?.length > 0;
  }

  function field(definition) {
    const { name } = definition;
    const id = `key-${name}`;
    const value = config[name] ?? '';
    const choices = definition.type === 'BOOLEAN' ? ['true', 'false'] : definition.recommended?.length && definition.type !== 'LIST' && definition.type !== 'CLASS' ? definition.recommended : null;
    const about = { id, 'aria-describedby': `${id}-about ${id}-errors`, 'data-name': name };
    let input;
    if (choices && (!value || choices.includes(value))) {
      input = h('select', { ...about, onchange: () => set(name, input.value) }, h('option', { value: '' }, definition.default_value === null || definition.default_value === undefined ? 'not set' : `default: ${definition.default_value}`), choices.map(choice => h('option', { value: choice }, choice)));
      input.value = value;
    } else if (definition.type === 'PASSWORD' && !isPlaceholder(value)) {
      // What is stored never gets into the page; it stays as it is unless something is typed.
      input = h('input', { ...about, type: 'password', autocomplete: 'new-password', placeholder: stored[name] ? `${mask} (stored)` : '', oninput: () => input.value === '' && stored[name] ? set(name, stored[name]) : set(name, input.value) });
      if (value && value !== stored[name]) input.value = value;
    } else {
      const list = definition.recommended?.length ? `${id}-list` : null;
      input = h('input', { ...about, value, list, spellcheck: 'false', placeholder: definition.default_value ?? '', oninput: () => set(name, input.value) });
      if (list) return wrap(input, h('datalist', { id: list }, definition.recommended.map(choice => h('option', { value: choice }))));
    }
    return wrap(input);

    function wrap(...inputs) {
      const title = definition.display_name && definition.display_name !== name ? [definition.display_name, ' ', h('code', {}, name)] : h('code', {}, name);
      return h('div', { class: 'field', 'data-field': name }, h('label', { for: id }, title, definition.required && h('span', { class: 'errors' }, ' required')), inputs,
        h('p', { class: 'hint', id: `${id}-about` }, definition.documentation), h('p', { class: 'errors', id: `${id}-errors` }));
    }
  }

  function showFindings() {
    for (const element of content.querySelectorAll('[data-field]')) {
      const name = element.dataset.field;
      const errors = findings.get(name) ?? [];
      element.querySelector('.errors[id]').textContent = [...new Set(errors)].join(' ');
      const input = element.querySelector('[data-name]');
      if (errors.length) input.setAttribute('aria-invalid', 'true');
      else input.removeAttribute('aria-invalid');
      if (errors.length) element.closest('details').open = true;
    }
    nameErrors.textContent = nameBox.value || existing ? '' : 'A name is needed.';
    fill(notes, warnings.length > 0 && h('ul', {}, warnings.map(warning => h('li', {}, typeof warning === 'string' ? warning : warning.message ?? JSON.stringify(warning)))));
  }

  function showFiltered() {
    const wanted = filter.value.trim().toLowerCase();
    for (const group of content.querySelectorAll('details')) {
      let any = false;
      for (const element of group.querySelectorAll('[data-field]')) {
        element.hidden = wanted !== '' && !element.textContent.toLowerCase().includes(wanted);
        any ||= !element.hidden;
      }
      group.hidden = wanted !== '' && !any;
      if (wanted !== '' && any) group.open = true;
    }
  }

  function drawJson() {
    const shown = Object.fromEntries(Object.entries(config).map(([key, value]) => [key, secret.has(key) && value && !isPlaceholder(value) ? mask : value]));
    const errors = h('p', { class: 'errors', role: 'alert' });
    const area = h('textarea', { 'aria-label': 'Configuration as JSON', spellcheck: 'false', value: JSON.stringify(shown, null, 2), oninput: () => {
      try {
        const typed = JSON.parse(area.value);
        if (typed === null || typeof typed !== 'object' || Array.isArray(typed)) throw new SyntaxError('It must be an object of keys and values.');
        const inner = typed.config && typeof typed.config === 'object' ? { ...typed.config, name: typed.name ?? typed.config.name } : typed;
        const before = config;
        config = Object.fromEntries(Object.entries(inner).map(([key, value]) => [key, value === mask && before[key] ? before[key] : String(value)]));
        if (existing) config.name = existing;
        nameBox.value = config.name ?? '';
        if ([...plugin.options].some(option => option.value === config['connector.class'])) plugin.value = config['connector.class'];
        errors.textContent = '';
        clearTimeout(timer);
        timer = setTimeout(() => check().then(() => { errors.textContent = [...findings].flatMap(([key, list]) => list.map(error => `${key}: ${error}`)).join('\n'); showFindings(); }), 400);
      } catch (error) {
        errors.textContent = error.message;
      }
    } });
    fill(content, h('section', { class: 'card pad', 'aria-label': 'JSON' }, area, errors));
  }

  async function preflight(event) {
    const button = event.currentTarget;
    button.disabled = true;
    summary.textContent = 'Asking the destination …';
    await check('?preflight=true');
    if (tab === 'form') showFindings();
    if (summary.textContent === 'No errors.') summary.textContent = 'The destination accepts it.';
    button.disabled = false;
  }

  async function submit() {
    problem.textContent = '';
    const name = nameBox.value.trim();
    if (!name) {
      showFindings();
      nameBox.focus();
      return;
    }
    save.disabled = true;
    try {
      const sent = { ...complete(), name };
      if (existing) await call('PUT', path`/connectors/${existing}/config`, sent);
      else await call('POST', '/connectors', { name, config: sent });
      toast(existing ? `“${name}” was saved; its tasks restart with the new configuration.` : `“${name}” was created.`);
      location.hash = `#/c/${encodeURIComponent(name)}`;
    } catch (error) {
      await check();
      problem.textContent = error.message;
      if (tab === 'form') showFindings();
      content.querySelector('[aria-invalid]')?.focus();
    } finally {
      save.disabled = false;
    }
  }
}
