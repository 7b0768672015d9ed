// Makes and updates elements. Text is always set as text, never as HTML.

/** Makes an element: h('a', { href, class, onclick }, child, …). Null and false children are left out. */
export function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'value' || name === 'checked' || name === 'disabled') element[name] = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
  add(element, children);
  return element;
}

function add(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) element.append(child);
  }
}

/** Gives an element new children. */
export function fill(element, ...children) {
  element.replaceChildren();
  add(element, children);
  return element;
}

/** Sets the text only when it has changed, so that nothing that is selected or read aloud is disturbed. */
export function text(element, value) {
  if (element.textContent !== value) element.textContent = value;
}

/**
 * Brings the children of an element in line with items, keeping those that are there already: focus and selection stay.
 * make(item) makes an element, update(element, item) fills it.
 */
export function keyed(parent, items, key, make, update) {
  const known = new Map([...parent.children].map(child => [child.dataset.key, child]));
  let at = parent.firstElementChild;
  for (const item of items) {
    const id = String(key(item));
    let element = known.get(id);
    known.delete(id);
    if (!element) {
      element = make(item);
      element.dataset.key = id;
    }
    if (element === at) at = at.nextElementSibling;
    else parent.insertBefore(element, at);
    update(element, item);
  }
  for (const gone of known.values()) gone.remove();
}

const paths = {
  HEALTHY: 'M4 8.500l3 3 5-6', UNHEALTHY: 'M5 5l6 6M11 5l-6 6', DEGRADED: 'M8 4v5M8 11.500v.5', PAUSED: 'M6 5v6M10 5v6', STOPPED: 'M5.500 5.500h5v5h-5z',
  STARTING: 'M8 4.500v3.500l2.500 1.500', play: 'M5.500 4l6 4-6 4z', pause: 'M6 4.500v7M10 4.500v7', restart: 'M12 5.500A5 5 0 1 0 13 8M13 3v3h-3', stop: 'M5 5h6v6H5z',
  close: 'M4.500 4.500l7 7M11.500 4.500l-7 7', sun: 'M8 3v1M8 12v1M3 8h1M12 8h1M4.500 4.500l.7.7M10.800 10.800l.7.7M4.500 11.500l.7-.7M10.800 5.200l.7-.7M10 8a2 2 0 1 1-4 0 2 2 0 0 1 4 0z',
};

/** A small icon; it says nothing to screen readers, so a word stands beside it or in the label. */
export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('class', 'i');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(svg.namespaceURI, 'path');
  path.setAttribute('d', paths[name] ?? paths.STARTING);
  path.setAttribute('fill', 'none');
  path.setAttribute('stroke', 'currentColor');
  path.setAttribute('stroke-width', '1.6');
  path.setAttribute('stroke-linecap', 'round');
  path.setAttribute('stroke-linejoin', 'round');
  svg.append(path);
  return svg;
}

const words = {
  HEALTHY: 'Healthy', UNHEALTHY: 'Unhealthy', DEGRADED: 'Degraded', PAUSED: 'Paused', STOPPED: 'Stopped', STARTING: 'Starting',
  RUNNING: 'Running', FAILED: 'Failed', UNASSIGNED: 'Unassigned', RESTARTING: 'Restarting',
};
const shapes = { RUNNING: 'HEALTHY', FAILED: 'UNHEALTHY', UNASSIGNED: 'STARTING', RESTARTING: 'STARTING' };

/** A health or state in colour, shape and word. */
export function badge(word) {
  return h('span', { class: `badge ${word === 'RUNNING' ? 'HEALTHY' : word}` }, icon(shapes[word] ?? word), words[word] ?? word);
}

/** Updates the badge that is an element's only child. */
export function setBadge(parent, word) {
  if (parent.dataset.word === word) return;
  parent.dataset.word = word;
  fill(parent, badge(word));
}
