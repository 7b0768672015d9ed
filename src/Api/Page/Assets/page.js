// The page: which view is shown, live updates, theme, keyboard.

import { clusterView } from './cluster.js';
import { connectorView } from './connector.js';
import { keys } from './dialogs.js';
import { fill, icon, text } from './dom.js';
import { editorView } from './editor.js';
import { listView } from './list.js';

const main = document.getElementById('main');
const live = document.getElementById('live');
let current = null;

/** The view that an address stands for: each is { title, page, element, every, load(signal), onkey? }. */
function viewOf(hash) {
  const [where, query] = hash.replace(/^#/, '').split('?');
  const parts = where.split('/').slice(1).map(decodeURIComponent);
  if (parts[0] === 'c' && parts[1] && parts[2] === 'edit') return editorView(parts[1]);
  if (parts[0] === 'c' && parts[1]) return connectorView(parts[1], refresh);
  if (parts[0] === 'new') return editorView(null);
  if (parts[0] === 'cluster') return clusterView();
  return listView(new URLSearchParams(query), refresh);
}

function show() {
  current?.abort.abort();
  clearTimeout(current?.timer);
  const view = viewOf(location.hash || '#/');
  current = { view, abort: new AbortController(), timer: 0 };
  document.title = `${view.title} · Exports`;
  for (const link of document.querySelectorAll('nav a')) {
    if (link.dataset.page === view.page) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  fill(main, view.element);
  text(live, '');
  live.classList.remove('lost');
  scrollTo(0, 0);
  main.focus({ preventScroll: true });
  load(current);
}

/** Loads the view's data, and again after a while: live updates wait for one another, and rest while nobody looks. */
async function load(of) {
  clearTimeout(of.timer);
  if (of !== current || !of.view.load) return;
  try {
    await of.view.load(of.abort.signal);
    if (of !== current) return;
    live.classList.remove('lost');
    text(live, of.view.every ? 'Live' : '');
  } catch (error) {
    if (error.name === 'AbortError' || of !== current) return;
    live.classList.add('lost');
    text(live, error.status === 0 ? 'No answer; trying again' : 'Not up to date');
    of.view.failed?.(error);
  }
  if (of.view.every) of.timer = setTimeout(() => document.hidden ? undefined : load(of), of.view.every());
}

/** Loads at once, because something was changed here. */
function refresh() {
  if (current) return load(current);
}

document.addEventListener('visibilitychange', () => { if (!document.hidden && current?.view.every) load(current); });
addEventListener('hashchange', event => {
  // A list that is filtered otherwise is the same view.
  if (current?.view.moved?.(new URL(event.newURL).hash)) load(current);
  else show();
});

addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
  const isTyping = event.target.matches?.('input:not([type=checkbox]), textarea, select');
  if (isTyping) return;
  if (event.key === '?') keys();
  else if (event.key === 'n') location.hash = '#/new';
  else if (current?.view.onkey?.(event) !== true) return;
  event.preventDefault();
});

const theme = document.getElementById('theme');
fill(theme, icon('sun'));
const preferred = matchMedia('(prefers-color-scheme: dark)');
const apply = () => { document.documentElement.dataset.theme = localStorage.getItem('exports.theme') ?? (preferred.matches ? 'dark' : 'light'); };
preferred.addEventListener('change', apply);
theme.addEventListener('click', () => {
  localStorage.setItem('exports.theme', document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark');
  apply();
});
apply();
document.querySelector('.skip').addEventListener('click', event => { event.preventDefault(); main.focus(); });
show();
