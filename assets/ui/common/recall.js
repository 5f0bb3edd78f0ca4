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
  const plot = make('div', { class: 'chart-plot is-tall' });
  const file = () => `${asName(label)}-against-size-${asName(choice.value)}`;
  const note = make(
    'p',
    { class: 'hint' },
    `${summed(about)}Bars are 95 % intervals: over sets where there are several seeds, else over the students of the only set.`,
  );
  const element = make(
    'figure',
    { class: 'chart', hidden: true },
    make('figcaption', {}, `${label} against ${about.unit}`, figureTools(plot, file)),
    choice,
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
    const lines = groups.get(choice.value) ?? [];
    const look = { ...axesOf(lines, about), uirevision: choice.value }; // zoom is kept until another is chosen
    const traces = lines.map((line, at) => {
      const before = lines.slice(0, at).filter(({ place }) => place === line.place);
      return trace(line, lookAt(line.place, before.length), about.unit);
    });
    plotly.react(plot, traces, look, OPTIONS);
  }

  new ResizeObserver(() => plot.data && plot.clientWidth && plotly.Plots.resize(plot)).observe(
    element,
  );
  watchTheme(draw);
  return { element, show };
}

function axesOf(lines, about) {
  const { label, unit } = headline(about);
  const look = layout({ across: sizeTitle(about), up: `${label} in ${unit}`, height: 320 });
  const sizes = [...new Set(lines.flatMap(line => line.points.map(point => point.n_pairs)))];
  look.yaxis.rangemode = 'nonnegative'; // an interval may reach below, a score does not
  Object.assign(look.xaxis, { type: 'log', tickvals: sizes, ticktext: sizes.map(count) });
  return look;
}

/** What the headline is made of, where it is the mean of others. */
function summed({ metrics }) {
  const others = metrics.filter(({ name }) => metrics[0].mean_of.includes(name));
  return others.length ? `Mean of ${others.map(({ label }) => label).join(', ')}. ` : '';
}

function trace({ label, points }, { colour, symbol, dash }, unit) {
  return {
    name: label,
    type: 'scatter',
    mode: 'lines+markers',
    line: { width: 1.8, color: colour, dash },
    marker: { size: 7, color: colour, symbol },
    x: points.map(point => point.n_pairs),
    y: points.map(point => point.mean),
    error_y: {
      type: 'data',
      array: points.map(point => point.half ?? 0),
      color: colour,
      thickness: 1.2,
      width: 4,
    },
    customdata: points.map(({ half, n_sets }) => [
      half === null ? '' : ` ± ${half.toFixed(1)}`,
      n_sets === 1 ? '1 set' : `${n_sets} sets`,
    ]),
    hovertemplate: `%{x} ${unit}: %{y:.1f}%{customdata[0]} (%{customdata[1]})<extra>${label}</extra>`,
  };
}
