// A histogram of numbers or dates with a brush: grey is all rows, blue what the other filters leave.
// The height is a square root, so that rare values show. Both ends of the brush are sliders.

import { count } from '../common/numbers.js';
import { make } from '../common/page.js';
import { edge } from './bins.js';

const [WIDTH, HEIGHT] = [240, 44];
const SVG = 'http://www.w3.org/2000/svg';

/** `all` counts the rows of each bin; changed([from, to] or null) is called as the brush moves. */
export function makeHistogram({ title, bins, all }, changed) {
  const { size } = bins;
  const state = { from: 0, to: size };
  const most = Math.max(1, ...all.subarray(0, size));
  const paths = { all: path('all'), left: path('left') };
  paths.all.setAttribute('d', bars(all, size, most));
  const dom = build(paths, state, { title, bins });

  function move(from, to) {
    const [low, high] = [Math.max(0, Math.min(from, to)), Math.min(size, Math.max(from, to))];
    if (low === high) return;
    Object.assign(state, { from: low, to: high });
    place();
    changed(isWhole() ? null : [low, high]);
  }
  const isWhole = () => state.from === 0 && state.to === size;

  function place() {
    const [from, to] = [state.from / size, state.to / size];
    dom.window.style.left = `${100 * from}%`;
    dom.window.style.width = `${100 * (to - from)}%`;
    dom.box.classList.toggle('is-brushed', !isWhole());
    for (const [name, at, least, largest] of [
      ['low', state.from, 0, state.to - 1],
      ['high', state.to, state.from + 1, size],
    ]) {
      const handle = dom[name];
      handle.style.left = `${(100 * at) / size}%`;
      handle.setAttribute('aria-valuemin', least);
      handle.setAttribute('aria-valuemax', largest);
      handle.setAttribute('aria-valuenow', at);
      handle.setAttribute('aria-valuetext', edge(bins, at));
    }
    dom.said.textContent = isWhole()
      ? `${edge(bins, 0)} – ${edge(bins, size)}`
      : `${edge(bins, state.from)} ≤ … < ${edge(bins, state.to)}`;
  }

  steer(dom, state, size, move);
  place();
  return {
    element: dom.element,
    clear: () => (Object.assign(state, { from: 0, to: size }), place()),
    brush: move,
    /** Shows how many rows of each bin the other filters leave. */
    update(left) {
      paths.left.setAttribute('d', bars(left, size, most));
      const none = all[size] ? `${count(left[size])} without` : '';
      dom.none.textContent = none;
    },
  };
}

function build(paths, state, { title, bins }) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('aria-hidden', 'true');
  svg.append(paths.all, paths.left);
  const handle = (name, label) =>
    make('span', {
      class: `brush-handle is-${name}`,
      role: 'slider',
      tabindex: 0,
      'aria-label': `${title}, ${label}`,
      'aria-orientation': 'horizontal',
      'aria-valuenow': 0,
    });
  const dom = {
    window: make('span', { class: 'brush-window' }),
    low: handle('low', 'from'),
    high: handle('high', 'up to'),
    said: make('span', { class: 'figure' }, edge(bins, 0)),
    none: make('span', { class: 'figure' }),
  };
  dom.box = make('div', { class: 'histogram' }, dom.window, dom.low, dom.high);
  dom.box.prepend(svg);
  dom.element = make('div', {}, dom.box, make('p', { class: 'facet-foot' }, dom.said, dom.none));
  return dom;
}

/** Dragging draws a brush, on its window moves it, at its ends moves these; keys move the ends. */
function steer(dom, state, size, move) {
  const { box } = dom;
  let held = null; // (bin under the pointer) => moves the brush
  const at = event => {
    const { left, width } = box.getBoundingClientRect();
    return (size * (event.clientX - left)) / width;
  };

  box.addEventListener('pointerdown', event => {
    if (event.button) return;
    held = grab(event.target, dom, state, at(event), size, move);
    box.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  box.addEventListener('pointermove', event => held && held(at(event)));
  for (const name of ['pointerup', 'pointercancel'])
    box.addEventListener(name, () => (held = null));
  box.addEventListener('dblclick', () => move(0, size));
  for (const name of ['low', 'high'])
    dom[name].addEventListener('keydown', event => {
      const by = steps(event.key, size);
      if (by === undefined) return;
      event.preventDefault();
      const { from, to } = state;
      if (name === 'low') move(Math.max(0, Math.min(to - 1, from + by)), to);
      else move(from, Math.min(size, Math.max(from + 1, to + by)));
    });
}

const steps = (key, size) =>
  ({ ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, Home: -size, End: size })[key] ??
  { PageDown: -Math.ceil(size / 8), PageUp: Math.ceil(size / 8) }[key];

function grab(target, dom, state, begun, size, move) {
  const { from, to } = state;
  if (target === dom.low) return at => move(Math.min(Math.round(at), to - 1), to);
  if (target === dom.high) return at => move(from, Math.max(Math.round(at), from + 1));
  const isInside = dom.box.classList.contains('is-brushed') && begun >= from && begun < to;
  if (isInside)
    return at => {
      const by = Math.max(-from, Math.min(size - to, Math.round(at - begun)));
      move(from + by, to + by);
    };
  const start = Math.floor(begun);
  return at =>
    at >= start ? move(start, Math.max(start + 1, Math.ceil(at))) : move(Math.floor(at), start + 1);
}

function path(name) {
  const made = document.createElementNS(SVG, 'path');
  made.setAttribute('class', `bars-${name}`);
  return made;
}

/** The outline of all bars as one path. */
function bars(counts, size, most) {
  const wide = WIDTH / size;
  const gap = Math.min(1, wide / 5);
  let d = '';
  for (let bin = 0; bin < size; bin++) {
    if (!counts[bin]) continue;
    const high = Math.max(1.5, HEIGHT * Math.sqrt(counts[bin] / most));
    d += `M${(bin * wide).toFixed(1)} ${HEIGHT}v${-high.toFixed(1)}h${(wide - gap).toFixed(1)}V${HEIGHT}z`;
  }
  return d;
}
