// A line chart that grows while a run goes on and keeps the zoom a person chose.

import { make, watchTheme } from './page.js';
import { OPTIONS, colourAt, fetchPlotly, layout } from './plot.js';
import { figureTools } from './saving.js';

/** A chart of lines in groups, which share a colour and one entry in the legend; file() names it. */
export function makeChart({ title, across, up, file }) {
  const plot = make('div', { class: 'chart-plot' });
  const caption = make('span', {}, title);
  const element = make('figure', { class: 'chart' }, make('figcaption', {}, caption, figureTools(plot, file)), plot);
  const lines = new Map(); // "group line" -> { at, xs, ys }: its place, and what is not drawn yet
  const groups = [];
  let plotly = null;
  let asked = 0;
  let epoch = 0;

  function add(group, line, x, y) {
    if (y === null || y === undefined) return;
    if (!groups.includes(group)) groups.push(group);
    const name = `${group} ${line}`;
    if (!lines.has(name)) lines.set(name, { group, at: -1, xs: [], ys: [] });
    lines.get(name).xs.push(x);
    lines.get(name).ys.push(y);
    asked ||= requestAnimationFrame(draw);
  }

  async function draw() {
    const own = epoch;
    const started = plotly || (await start());
    asked = 0;
    if (own !== epoch || !started) return;
    const fresh = [...lines.values()].filter(line => line.at < 0);
    if (fresh.length) {
      fresh.forEach((line, i) => (line.at = plot.data.length + i));
      await plotly.addTraces(plot, fresh.map(trace));
      if (own !== epoch) return; // cleared in the meantime
    }
    const grown = [...lines.values()].filter(line => line.xs.length);
    if (!grown.length) return;
    const data = { x: grown.map(line => line.xs), y: grown.map(line => line.ys) };
    for (const line of grown) [line.xs, line.ys] = [[], []];
    plotly.extendTraces(plot, data, grown.map(line => line.at));
  }

  function trace(line) {
    const isFirst = ![...lines.values()].some(other => other.group === line.group && other.at >= 0 && other.at < line.at);
    return {
      x: [], y: [], type: 'scatter', mode: 'lines', name: line.group, legendgroup: line.group,
      showlegend: isFirst, line: { width: 1.6, color: colourOf(line.group) }, opacity: 0.8,
      hovertemplate: `%{y:.3~f}<extra>${line.group}</extra>`,
    };
  }

  const colourOf = group => colourAt(groups.indexOf(group));

  async function start() {
    plotly = await fetchPlotly().catch(() => null);
    if (!plotly || plot.data) return plotly;
    await plotly.newPlot(plot, [], layout({ across, up }), OPTIONS);
    return plotly;
  }

  function clear() {
    epoch++;
    lines.clear();
    groups.length = 0;
    if (plot.data) plotly.deleteTraces(plot, plot.data.map((_, i) => i));
  }

  function resize() {
    if (plot.data && plot.clientWidth) plotly.Plots.resize(plot);
  }

  watchTheme(() => {
    if (!plot.data) return;
    const { xaxis, yaxis, ...rest } = layout({ across, up });
    const axes = [['xaxis', xaxis], ['yaxis', yaxis]].flatMap(([name, axis]) =>
      ['gridcolor', 'linecolor', 'tickfont', 'title'].map(field => [`${name}.${field}`, axis[field]]));
    plotly.relayout(plot, { font: rest.font, 'legend.font': rest.legend.font, modebar: rest.modebar, ...Object.fromEntries(axes) });
    for (const line of lines.values()) if (line.at >= 0) plotly.restyle(plot, { 'line.color': colourOf(line.group) }, [line.at]);
  });
  new ResizeObserver(resize).observe(element);
  return { element, plot, add, clear, name: text => (caption.textContent = text) };
}
