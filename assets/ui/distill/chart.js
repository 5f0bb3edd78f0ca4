// A line chart that grows while a run goes on and keeps the zoom a person chose.

import { make, watchTheme } from '../common/page.js';
import { OPTIONS, colourAt, fetchPlotly, layout, makeRange } from '../common/plot.js';
import { figureTools } from '../common/saving.js';

/** A chart of lines in groups, which share a colour and one entry in the legend; file() names it.
 *
 * `steep` values that fall by far are drawn by their logarithms, as soon as they do and while all are above 0.
 */
export function makeChart({ title, across, up, file, steep = false }) {
  const plot = make('div', { class: 'chart-plot' });
  const caption = make('span', {}, title);
  const tools = figureTools(plot, file);
  const element = make('figure', { class: 'chart' }, make('figcaption', {}, caption, tools), plot);
  const lines = makeLines();
  const axes = { across, up };
  const ask = () => (asked ||= requestAnimationFrame(draw));
  const isHeld = holding(plot, () => (resize(), ask()));
  let plotly = null;
  let asked = 0;
  let epoch = 0;

  function add(group, line, x, y) {
    if (y === null || y === undefined) return;
    lines.add(group, line, x, y);
    ask();
  }

  async function draw() {
    const own = epoch;
    const started = plotly || (await start());
    asked = 0;
    if (own !== epoch || !started || isHeld()) return;
    const fresh = lines.place(plot.data.length);
    if (fresh.length) await plotly.addTraces(plot, fresh);
    tellEmpty(plot, tools);
    if (own !== epoch || isHeld()) return; // cleared or taken hold of in the meantime
    extend(plotly, plot, lines.take());
    if (steep) suit(plotly, plot, up, lines.range.spans());
  }

  async function start() {
    plotly = await fetchPlotly().catch(() => null);
    if (!plotly || plot.data) return plotly;
    await begin();
    return plotly;
  }

  /** Without lines, and with none of the ranges that were. */
  const begin = () => plotly.newPlot(plot, [], layout(axes), OPTIONS);

  function clear() {
    epoch++;
    lines.clear();
    if (plot.data) begin();
    tellEmpty(plot, tools);
  }

  function resize() {
    if (plot.data && plot.clientWidth && !isHeld()) plotly.Plots.resize(plot);
  }

  watchTheme(element, () => {
    if (plot.data) paint(plotly, plot, layout(axes), lines.drawn());
  });
  new ResizeObserver(resize).observe(element);
  tellEmpty(plot, tools);
  return { element, plot, add, clear, name: text => (caption.textContent = text) };
}

/** An empty plot has no axes to be seen, and is nothing to take away. */
function tellEmpty(plot, tools) {
  const isEmpty = !plot.data?.length;
  plot.classList.toggle('is-empty', isEmpty);
  for (const button of tools.children) button.disabled = isEmpty;
}

function extend(plotly, plot, { data, at, joined }) {
  if (at.length) plotly.extendTraces(plot, data, at);
  if (joined.length) plotly.restyle(plot, { mode: 'lines' }, joined);
}

/** Draws by logarithms values that span far, and others as they are: 0 has no logarithm. */
function suit(plotly, plot, up, spans) {
  if (spans === (plot.layout.yaxis.type === 'log')) return;
  const [type, title] = spans ? ['log', `${up}, logarithmic`] : ['linear', up];
  plotly.relayout(plot, { 'yaxis.type': type, 'yaxis.title.text': title });
}

/** Gives a chart the colours of the theme that is now. */
function paint(plotly, plot, layout, lines) {
  plotly.relayout(plot, themed(layout));
  for (const { at, colour } of lines)
    plotly.restyle(plot, { 'line.color': colour, 'marker.color': colour }, [at]);
}

/** Tells whether somebody drags a frame over the plot, under which nothing may move until they let go. */
function holding(plot, letGo) {
  let isHeld = false;
  plot.addEventListener('pointerdown', () => {
    const held = new AbortController();
    isHeld = true;
    for (const end of ['pointerup', 'pointercancel'])
      window.addEventListener(end, () => (held.abort(), (isHeld = false), letGo()), {
        signal: held.signal,
      });
  });
  return () => isHeld;
}

/** Lines by name, each with its place in the chart, -1 before it has one, and what is not drawn yet. */
function makeLines() {
  const lines = new Map(); // "group line" -> { group, at, xs, ys, n }
  const groups = [];
  const range = makeRange();
  const colourOf = group => colourAt(groups.indexOf(group));

  function add(group, line, x, y) {
    if (!groups.includes(group)) groups.push(group);
    const name = `${group} ${line}`;
    if (!lines.has(name)) lines.set(name, { group, at: -1, xs: [], ys: [], n: 0 });
    lines.get(name).xs.push(x);
    lines.get(name).ys.push(y);
    range.take(y);
  }

  /** Gives new lines their places from `next` on; returns their empty traces. */
  function place(next) {
    const named = new Set([...lines.values()].filter(({ at }) => at >= 0).map(one => one.group));
    const fresh = [...lines.values()].filter(line => line.at < 0);
    return fresh.map((line, i) => {
      line.at = next + i;
      const isFirst = !named.has(line.group);
      named.add(line.group);
      return trace(line.group, colourOf(line.group), isFirst);
    });
  }

  /** What is not drawn yet, of which places, and which of these are more than a point from now on. */
  function take() {
    const grown = [...lines.values()].filter(line => line.xs.length);
    const data = { x: grown.map(line => line.xs), y: grown.map(line => line.ys) };
    const joined = grown.filter(({ n, xs }) => n < 2 && n + xs.length > 1).map(({ at }) => at);
    for (const line of grown) [line.n, line.xs, line.ys] = [line.n + line.xs.length, [], []];
    return { data, at: grown.map(line => line.at), joined };
  }

  const drawn = () =>
    [...lines.values()]
      .filter(({ at }) => at >= 0)
      .map(({ at, group }) => ({ at, colour: colourOf(group) }));
  const clear = () => (lines.clear(), range.clear(), (groups.length = 0));
  return { add, place, take, drawn, clear, range };
}

const trace = (group, color, showlegend) => ({
  x: [],
  y: [],
  type: 'scatter',
  mode: 'markers', // a line of one point would not be seen
  marker: { size: 7, color },
  name: group,
  legendgroup: group,
  showlegend,
  line: { width: 1.6, color },
  opacity: 0.8,
  hovertemplate: `%{y:.3~f}<extra>${group}</extra>`,
});

/** The parts of a layout that are other colours in the other theme; ranges and titles stay. */
function themed({ xaxis, yaxis, font, legend, modebar }) {
  const inks = ({ gridcolor, linecolor, tickfont, title }) =>
    Object.entries({ gridcolor, linecolor, tickfont, 'title.font': title.font });
  const axes = Object.entries({ xaxis, yaxis }).flatMap(([name, axis]) =>
    inks(axis).map(([field, ink]) => [`${name}.${field}`, ink]),
  );
  return { font, 'legend.font': legend.font, modebar, ...Object.fromEntries(axes) };
}
