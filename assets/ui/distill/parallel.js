// Settings against the metric: a line per choice of settings over axes that stand side by side, the last
// of which is the metric. Values on the axes are buttons that keep the lines through them; keys go from
// line to line, the best first. It is there only where two settings vary at least.

import { ramp, css } from '../common/colours.js';
import { isDark, make, watchTheme } from '../common/page.js';
import { headline, withInterval } from '../common/scores.js';
import { axesOf, inWords, placeOf } from './axes.js';

const SVG = 'http://www.w3.org/2000/svg';
const HEIGHT = 300;
const EDGE = { above: 34, below: 16, side: 56 };
const SHADES = 16;
const FEWEST = 2; // settings

/** @param {Wire.About} about */
export function makeParallel(about) {
  const state = { all: [], lines: [], axes: [], kept: new Map(), current: 0 };
  const dom = build(about);
  dom.network.onchange = () => show(state.all);
  const draw = () => redraw(dom, state, about);

  /** @param {Wire.Combination[]} combinations */
  function show(combinations) {
    state.all = combinations;
    const networks = [...new Set(combinations.map(({ network }) => network))];
    const chosen = networks.includes(dom.network.value) ? dom.network.value : networks[0];
    dom.network.replaceChildren(...networks.map(name => make('option', { value: name }, name)));
    dom.network.value = chosen;
    dom.network.hidden = networks.length < 2;
    state.lines = combinations.filter(({ network }) => network === chosen);
    const { axes, nSettings } = axesOf(state.lines, about.unit);
    state.axes = axes;
    for (const title of [...state.kept.keys()])
      if (!axes.some(axis => axis.title === title)) state.kept.delete(title);
    state.current = Math.min(state.current, Math.max(0, state.lines.length - 1));
    dom.element.hidden = nSettings < FEWEST;
    draw();
  }

  dom.list.addEventListener('keydown', event => {
    const shown = state.lines.map((_, at) => at).filter(at => isKept(state, state.lines[at]));
    const by = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    const ends = { Home: 0, End: shown.length - 1 }[event.key];
    if ((by === undefined && ends === undefined) || !shown.length) return;
    event.preventDefault();
    const next = ends ?? shown.indexOf(state.current) + by;
    goTo(shown[Math.max(0, Math.min(shown.length - 1, next))]);
  });
  dom.list.addEventListener('pointerover', ({ target }) => {
    if (target.dataset?.line) goTo(Number(target.dataset.line));
  });

  function goTo(at) {
    state.current = at;
    draw();
  }

  new ResizeObserver(draw).observe(dom.plot);
  watchTheme(dom.element, draw);
  return { element: dom.element, show };
}

function build(about) {
  const { label } = headline(about);
  const dom = {
    network: make('select', { class: 'tool', 'aria-label': 'Network' }),
    list: make('div', {
      class: 'parallel-lines',
      tabindex: 0,
      role: 'listbox',
      'aria-label': `Choices of settings by ${label}, the best first`,
    }),
    ticks: make('div', { class: 'parallel-ticks' }),
    said: make('output', { class: 'figure parallel-said' }),
  };
  dom.plot = make('div', { class: 'parallel-plot' }, dom.list, dom.ticks);
  const head = make('figcaption', {}, `Settings against ${label}`, dom.network);
  const hint =
    'A line is one choice of settings, mean over its sets. Press values to keep the lines through them; arrow keys go from line to line.';
  dom.element = make(
    'figure',
    { class: 'chart is-wide', hidden: true },
    head,
    dom.plot,
    dom.said,
    make('p', { class: 'hint' }, hint),
  );
  return dom;
}

/** Whether a line goes through what is kept on each axis. */
const isKept = ({ axes, kept }, line) =>
  axes.every(({ title, of }) => !kept.has(title) || kept.get(title).has(of(line)));

function redraw(dom, state, about) {
  const width = dom.plot.clientWidth;
  if (dom.element.hidden || !width) return;
  const { axes, lines } = state;
  const { label, unit } = headline(about);
  const means = lines.map(({ mean }) => mean[0] ?? 0);
  const [low, high] = [Math.min(...means), Math.max(...means)];
  const share = mean => (high > low ? ((mean ?? low) - low) / (high - low) : 0.5);
  const across = at => EDGE.side + ((width - 2 * EDGE.side) * at) / axes.length;
  const up = part => HEIGHT - EDGE.below - part * (HEIGHT - EDGE.above - EDGE.below);
  const svg = node('svg', { width, height: HEIGHT, role: 'none' });
  for (let at = 0; at <= axes.length; at++)
    svg.append(node('path', { class: 'parallel-axis', d: `M${across(at)} ${up(0)}V${up(1)}` }));
  const colours = ramp(SHADES, isDark());
  const shown = lines.map((line, at) => ({ line, at })).reverse(); // the best lie above
  shown.sort((a, b) => (a.at === state.current) - (b.at === state.current));
  for (const { line, at } of shown) {
    const d = axes.map(({ values, of }, x) => `${across(x)} ${up(placeOf(values, of(line)))}`);
    svg.append(
      node('path', {
        id: `parallel-${at}`,
        class: at === state.current ? 'parallel-line is-current' : 'parallel-line',
        'data-line': at,
        d: `M${[...d, `${across(axes.length)} ${up(share(line.mean[0]))}`].join('L')}`,
        stroke: css(colours, Math.min(SHADES - 1, Math.floor(share(line.mean[0]) * SHADES))),
        opacity: isKept(state, line) ? 1 : 0.12,
        role: 'option',
        'aria-selected': String(at === state.current),
        'aria-label': `${inWords(line, axes)}: ${withInterval(line.mean)}`,
      }),
    );
  }
  dom.list.replaceChildren(svg);
  dom.list.setAttribute('aria-activedescendant', `parallel-${state.current}`);
  tellCurrent(dom, state, label);
  const ends = { title: `${label} in ${unit}`, values: [low.toFixed(1), high.toFixed(1)] };
  drawTicks(dom, state, { across, up, ends }, () => redraw(dom, state, about));
}

function tellCurrent({ said }, { lines, axes, current }, label) {
  const line = lines[current];
  const sets = line && `${line.n_sets} ${line.n_sets === 1 ? 'set' : 'sets'}`;
  said.textContent = line
    ? `${current + 1} of ${lines.length}: ${inWords(line, axes)} – ${label} ${withInterval(line.mean)} (${sets})`
    : '';
}

/** Titles and values of the axes; values of settings are buttons. */
function drawTicks({ ticks }, { axes, kept }, { across, up, ends }, changed) {
  const focused = document.activeElement?.dataset?.tick;
  const title = (text, at) =>
    make('span', { class: 'parallel-title', style: { left: `${across(at)}px` } }, text);
  const placed = (values, value, at) => ({
    left: `${across(at)}px`,
    top: `${up(placeOf(values, value))}px`,
  });
  const value = (axis, at, text) =>
    make(
      'button',
      {
        type: 'button',
        class: 'parallel-tick',
        'data-tick': `${axis.title} ${text}`,
        'aria-label': `${axis.title} ${text}`,
        'aria-pressed': String(Boolean(kept.get(axis.title)?.has(text))),
        style: placed(axis.values, text, at),
        onclick: () => (turn(kept, axis.title, text), changed()),
      },
      text,
    );
  ticks.replaceChildren(
    ...axes.flatMap((axis, at) => [
      title(axis.title, at),
      ...axis.values.map(text => value(axis, at, text)),
    ]),
    title(ends.title, axes.length),
    ...ends.values.map(text =>
      make('span', { class: 'parallel-end', style: placed(ends.values, text, axes.length) }, text),
    ),
  );
  if (focused) [...ticks.children].find(each => each.dataset.tick === focused)?.focus();
}

/** Keeps a value on an axis, or does not any more. */
function turn(kept, title, text) {
  const own = kept.get(title) ?? new Set();
  if (!own.delete(text)) own.add(text);
  if (own.size) kept.set(title, own);
  else kept.delete(title);
}

function node(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
