// Line charts of what has been seen since the page was opened, up to ten minutes.

import { fill, h } from './dom.js';

const span = 10 * 60 * 1000;
const width = 600;
const height = 120;
const colours = ['var(--series-1)', 'var(--series-2)'];

/** A chart of one or two series. push(values) adds a point; format writes a value. */
export function chart(title, names, format) {
  const points = [];
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('class', 'plot');
  svg.setAttribute('role', 'img');
  const lines = names.map((_, i) => path('line', colours[i]));
  for (const share of [0, 0.5, 1]) {
    const grid = path('grid');
    grid.setAttribute('d', `M0 ${share * height}H${width}`);
    svg.append(grid);
  }
  svg.append(...lines);
  const legend = h('div', { class: 'legend' });
  const top = h('span', {}, '');
  const from = h('span', {}, '');
  const element = h('section', { class: 'card chart', 'aria-label': title }, h('header', {}, h('h2', {}, title), h('span', { class: 'note' }, top)),
    h('div', { class: 'pad' }, svg, h('div', { class: 'scale' }, from, h('span', {}, 'now')), legend));

  function push(values) {
    const now = Date.now();
    points.push({ now, values });
    while (points.length > 2 && now - points[0].now > span) points.shift();
    const known = points.flatMap(point => point.values).filter(value => value !== null && value !== undefined);
    const max = Math.max(1e-9, ...known);
    const begin = Math.min(points[0].now, now - 60_000);
    lines.forEach((line, i) => {
      let d = '';
      let isDown = false;
      for (const point of points) {
        const value = point.values[i];
        if (value === null || value === undefined) { isDown = false; continue; }
        d += `${isDown ? 'L' : 'M'}${((point.now - begin) / (now - begin) * width).toFixed(1)} ${(height - value / max * (height - 4) - 2).toFixed(1)}`;
        isDown = true;
      }
      line.setAttribute('d', d);
    });
    const latest = names.map((name, i) => `${name} ${format(values[i])}`);
    svg.setAttribute('aria-label', `${title}: now ${latest.join(', ')}; at most ${known.length ? format(max) : 'nothing'}`);
    top.textContent = known.length ? `max ${format(max)}` : 'no data yet';
    from.textContent = `${Math.max(1, Math.round((now - begin) / 60_000))} min ago`;
    fill(legend, names.map((name, i) => h('span', {}, swatch(i), `${name} `, h('b', {}, format(values[i])))));
  }

  return { element, push };
}

function path(kind, colour) {
  const line = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  line.setAttribute('class', kind);
  if (colour) line.setAttribute('stroke', colour);
  return line;
}

function swatch(i) {
  const mark = h('i');
  mark.style.background = colours[i];
  return mark;
}
