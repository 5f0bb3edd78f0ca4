// Recall against the number of pairs, a line per method: made of finished runs, with intervals.
// Only numbers that can be compared share a chart; what they were measured on is chosen above it.

import { count, make, watchTheme } from './page.js';
import { OPTIONS, colourAt, fetchPlotly, layout } from './plot.js';
import { dataName } from './run.js';
import { asName, figureTools } from './saving.js';

const AXES = { across: 'Pairs', up: 'Mean recall in percent', height: 320 };

export function makeRecallChart() {
  const choice = make('select', { 'aria-label': 'What recall is measured on', onchange: () => draw() });
  const plot = make('div', { class: 'chart-plot is-tall' });
  const file = () => `recall-against-pairs-${asName(choice.value)}`;
  const note = make('p', { class: 'hint' }, 'Mean of IR and TR at 1, 5 and 10. Bars are 95 % intervals: over sets where there are several seeds, else over the students of the only set.');
  const element = make('figure', { class: 'chart', hidden: true },
    make('figcaption', {}, 'Recall against pairs', figureTools(plot, file)), choice, plot, note);
  let groups = new Map();
  let plotly = null;

  /** Takes lines as /comparison gives them, newest first; a line keeps its colour when others come. */
  function show(lines) {
    groups = new Map();
    for (const line of lines.toReversed()) {
      const name = measuredOn(line);
      groups.set(name, [...(groups.get(name) ?? []), line]);
    }
    element.hidden = groups.size === 0;
    const kept = groups.has(choice.value) ? choice.value : undefined;
    choice.replaceChildren(...[...groups.keys()].map(name => make('option', { value: name }, name)));
    choice.value = kept ?? [...groups.keys()].at(-1) ?? '';
    draw();
  }

  async function draw() {
    if (element.hidden) return;
    plotly ||= await fetchPlotly().catch(() => null);
    if (!plotly) return;
    const lines = groups.get(choice.value) ?? [];
    const sizes = [...new Set(lines.flatMap(line => line.points.map(point => point.n_pairs)))];
    const look = { ...layout(AXES), uirevision: choice.value }; // zoom is kept until another is chosen
    look.yaxis.rangemode = 'nonnegative'; // an interval may reach below, recall does not
    Object.assign(look.xaxis, { type: 'log', tickvals: sizes, ticktext: sizes.map(count) });
    plotly.react(plot, lines.map(trace), look, OPTIONS);
  }

  new ResizeObserver(() => plot.data && plot.clientWidth && plotly.Plots.resize(plot)).observe(element);
  watchTheme(draw);
  return { element, show };
}

function trace({ label, points }, place) {
  const colour = colourAt(place);
  return {
    name: label, type: 'scatter', mode: 'lines+markers', line: { width: 1.8, color: colour }, marker: { size: 7, color: colour },
    x: points.map(point => point.n_pairs), y: points.map(point => point.mean),
    error_y: { type: 'data', array: points.map(point => point.half ?? 0), color: colour, thickness: 1.2, width: 4 },
    customdata: points.map(({ half, n_sets }) =>
      [half === null ? '' : ` ± ${half.toFixed(1)}`, n_sets === 1 ? '1 set' : `${n_sets} sets`]),
    hovertemplate: `%{x} pairs: %{y:.1f}%{customdata[0]} (%{customdata[1]})<extra>${label}</extra>`,
  };
}

function measuredOn({ about, network }) {
  const models = about.encoder ? `${about.bundle} with ${about.encoder}` : about.bundle;
  return `${dataName(about)} · ${models} · text ${about.text} · ${network}`;
}
