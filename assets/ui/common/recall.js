// The headline metric against the size of sets, a line per method: of finished runs, with intervals.
// Only numbers that can be compared share a chart; what they were measured on is chosen above it.

import { count } from './numbers.js';
import { make, watchTheme } from './page.js';
import { OPTIONS, fetchPlotly, layout, lookAt } from './plot.js';
import { sizeTitle } from './run.js';
import { asName, figureTools } from './saving.js';
import { headline } from './scores.js';

export function makeSizeChart(about) {
  const { label } = headline(about);
  const choice = make('select', {
    'aria-label': 'What is measured, and on what',
    onchange: () => draw(),
  });
  const by = makeUnits(about, () => draw());
  const plot = make('div', { class: 'chart-plot is-tall' });
  const file = () =>
    `${asName(label)}-against-${by.value === 'n_bytes' ? 'bytes' : 'size'}-${asName(choice.value)}`;
  const note = make(
    'p',
    { class: 'hint' },
    `${summed(about)}Bars are 95 % intervals: over sets where there are several seeds, else over the students of the only set.`,
  );
  const element = make(
    'figure',
    { class: 'chart', hidden: true },
    make('figcaption', {}, `${label} against the size of sets`, figureTools(plot, file)),
    make('div', { class: 'tools' }, choice, by),
    plot,
    note,
  );
  let groups = new Map();
  let plotly = null;

  /** Takes lines as /comparison gives them, newest first. */
  function show(lines) {
    groups = Map.groupBy(lines.toReversed(), line => line.on);
    element.hidden = groups.size === 0;
    const kept = groups.has(choice.value) ? choice.value : undefined;
    choice.replaceChildren(
      ...[...groups.keys()].map(name => make('option', { value: name }, name)),
    );
    choice.value = kept ?? [...groups.keys()].at(-1) ?? '';
    draw();
  }

  async function draw() {
    if (element.hidden) return;
    plotly ||= await fetchPlotly().catch(() => null);
    if (!plotly) return;
    const all = groups.get(choice.value) ?? [];
    const size = sizedBy(by, all);
    const lines = all.map(line => ({ ...line, points: counted(line.points, size) }));
    const uirevision = `${choice.value} ${size}`; // zoom is kept until another is chosen
    const look = { ...axesOf(lines, about, size), uirevision };
    const traces = tracesOf(lines, size, about.unit);
    plotly.react(plot, traces, look, OPTIONS);
  }

  new ResizeObserver(() => plot.data && plot.clientWidth && plotly.Plots.resize(plot)).observe(
    element,
  );
  watchTheme(element, draw);
  return { element, show };
}

/** What sizes are counted in, to be chosen. */
const makeUnits = ({ unit }, onchange) =>
  make(
    'select',
    { 'aria-label': 'What the size of a set is counted in', onchange },
    make('option', { value: 'n_pairs' }, `By ${unit}`),
    make('option', { value: 'n_bytes' }, 'By bytes that are stored'),
  );

/** What is chosen; there is no choice where no set of these lines was counted in bytes. */
function sizedBy(by, lines) {
  by.hidden = !lines.some(({ points }) => points.some(point => point.n_bytes));
  return by.hidden ? 'n_pairs' : by.value;
}

/** The points whose size is known so, by rising size. */
const counted = (points, size) =>
  points.filter(point => point[size]).toSorted((one, other) => one[size] - other[size]);

const tracesOf = (lines, size, unit) =>
  lines.map((line, at) => {
    const before = lines.slice(0, at).filter(({ place }) => place === line.place);
    const look = lookAt(line.place, before.length);
    return trace(line, look, size, unit, asideOf(at, lines, size));
  });

/** Times the size at which a line is drawn: where all have one size, they stand beside each other. */
export function asideOf(at, lines, size) {
  const sizes = new Set(lines.flatMap(({ points }) => points.map(point => point[size])));
  return sizes.size === 1 ? 2 ** (at / lines.length - (lines.length - 1) / lines.length / 2) : 1;
}

function axesOf(lines, about, size) {
  const { label, unit } = headline(about);
  const across = size === 'n_bytes' ? 'Bytes' : sizeTitle(about);
  const look = layout({ across, up: `${label} in ${unit}`, height: 320 });
  look.yaxis.rangemode = 'nonnegative'; // an interval may reach below, a score does not
  if (size === 'n_bytes')
    Object.assign(look.xaxis, { type: 'log', tickformat: '~s', ticksuffix: 'B' });
  else {
    const sizes = [...new Set(lines.flatMap(line => line.points.map(point => point[size])))];
    Object.assign(look.xaxis, { type: 'log', tickvals: sizes, ticktext: sizes.map(count) });
  }
  return look;
}

/** What the headline is made of, where it is the mean of others. */
function summed({ metrics }) {
  const others = metrics.filter(({ name }) => metrics[0].mean_of.includes(name));
  return others.length ? `Mean of ${others.map(({ label }) => label).join(', ')}. ` : '';
}

function trace({ label, points }, { colour, symbol, dash }, size, unit, aside) {
  const across = size === 'n_bytes' ? '%{customdata[2]:.3s}B' : `%{customdata[2]} ${unit}`;
  return {
    name: label,
    type: 'scatter',
    mode: 'lines+markers',
    line: { width: 1.8, color: colour, dash },
    marker: { size: 7, color: colour, symbol },
    x: points.map(point => aside * point[size]),
    y: points.map(point => point.mean),
    error_y: {
      type: 'data',
      array: points.map(point => point.half ?? 0),
      color: colour,
      thickness: 1.2,
      width: 4,
    },
    customdata: points.map(point => [
      point.half === null ? '' : ` ± ${point.half.toFixed(1)}`,
      point.n_sets === 1 ? '1 set' : `${point.n_sets} sets`,
      point[size],
    ]),
    hovertemplate: `${across}: %{y:.1f}%{customdata[0]} (%{customdata[1]})<extra>${label}</extra>`,
  };
}
