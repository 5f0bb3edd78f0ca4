// The matching as a heat map: rows that each picture cluster shares with each caption cluster.

import { ramp, css } from './colours.js';
import { address, count, isDark, lastSaid, listen, make, themeColour, watchTheme } from './page.js';
import { OPTIONS, fetchPlotly, layout } from './plot.js';
import { comeToMap, lightShared } from './spread.js';

const MIXED_UP = 8; // cells off the diagonal that are listed
const STEPS = 9;

export function mount(element) {
  const view = element.querySelector('.heat-view');
  const plot = make('div', { class: 'heat-plot' });
  const hint = make('p', { class: 'hint' }, 'A row is a picture cluster, a column a caption cluster, in the order of their ' +
    'prototypes; down the diagonal stand the pairs. A square marks a pairless prototype: its two clusters share nothing. Click a cell to light its rows on the map.');
  const said = make('p', { class: 'hint', role: 'status' }, 'Counting …');
  const list = make('ol', { class: 'heat-list', 'aria-label': 'Most rows outside of a pair' });
  view.append(hint, plot, make('h3', {}, 'Most rows outside of a pair'), list, said);
  let about = null;
  let counts = null;
  let asked = 0;

  async function open(opened) {
    const own = ++asked;
    about = opened;
    try {
      const answer = await fetch(address(`/prepared/${about.key}/shared.bin`));
      if (!answer.ok) throw new Error(`The counts could not be loaded (${answer.status}).`);
      const loaded = new Uint32Array(await answer.arrayBuffer());
      if (own !== asked) return;
      counts = loaded;
      said.textContent = '';
      list.replaceChildren(...mixedUp(about, counts).map(item));
      await draw();
    } catch (error) {
      if (own === asked) said.textContent = error.message;
    }
  }

  async function draw() {
    const plotly = await fetchPlotly();
    const { data, ...rest } = figure(about, counts);
    await plotly.react(plot, data, rest.layout, { ...OPTIONS, doubleClick: false });
    plot.removeAllListeners('plotly_click');
    plot.on('plotly_click', ({ points: [{ pointNumber, x, y }] }) => {
      const [k, other] = Array.isArray(pointNumber) ? pointNumber : [y, x].map(name => nameIndex(name));
      light(k, other);
    });
  }

  const nameIndex = name => about.prototypes.findIndex(each => nameOf(each) === name);

  async function light(k, other) {
    try {
      const n = await lightShared(about, k, other, 'heat');
      const [of, its] = [k, other].map(each => about.prototypes[each].number + 1);
      said.textContent = `${count(n)} ${n === 1 ? 'row lies' : 'rows lie'} in the picture cluster of prototype ${of} and the caption cluster of ${of === its ? 'the same' : its}${n ? '; the map shows them' : ''}.`;
      if (n) comeToMap();
    } catch (error) {
      said.textContent = error.message;
    }
  }

  const item = ([k, other, n]) => {
    const [of, its] = [k, other].map(each => `${about.prototypes[each].number + 1} · ${about.prototypes[each].label}`);
    return make('li', {}, make('button', { type: 'button', class: 'heat-row', onclick: () => light(k, other) },
      make('span', { class: 'text' }, 'Pictures of ', make('strong', {}, of), ', captions of ', make('strong', {}, its)),
      make('span', { class: 'figure' }, count(n))));
  };

  listen('open', open);
  watchTheme(() => counts && draw());
  new ResizeObserver(() => plot.data && plot.clientWidth && window.Plotly.Plots.resize(plot)).observe(view);
  if (lastSaid('open')) open(lastSaid('open')); // the view is built when its section is opened
}

const nameOf = ({ number, label }) => `${number + 1} · ${label}`;

/** [[picture cluster, caption cluster, rows], ...] outside of the diagonal, the most rows first. */
function mixedUp({ prototypes: { length: k } }, counts) {
  const cells = [];
  counts.forEach((n, cell) => n && Math.floor(cell / k) !== cell % k && cells.push([Math.floor(cell / k), cell % k, n]));
  return cells.sort((a, b) => b[2] - a[2]).slice(0, MIXED_UP);
}

function figure({ prototypes }, counts) {
  const names = prototypes.map(nameOf);
  const rows = names.map((_, k) => counts.subarray(k * names.length, (k + 1) * names.length));
  const [dark, ink] = [isDark(), themeColour('--body-text-color')];
  const colours = ramp(STEPS, dark);
  const paper = themeColour('--block-background-fill'); // few rows hardly show, whatever the theme
  const scale = [paper, ...Array.from({ length: STEPS }, (_, i) => css(colours, i))].map((colour, i) => [i / STEPS, colour]);
  const lone = prototypes.filter(({ n_shared: n }) => !n).map(nameOf);
  const ends = [-0.5, names.length - 0.5]; // no room beyond the cells
  const base = layout({ across: 'Caption cluster of prototype', up: 'Picture cluster of prototype', height: 460 });
  const axis = { type: 'category', showticklabels: false, ticks: '', showgrid: false, categoryorder: 'array', categoryarray: names };
  return {
    data: [
      {
        type: 'heatmap', z: rows.map(row => Array.from(row, n => n || null)), x: names, y: names, colorscale: scale, zmin: 0,
        hovertemplate: 'Pictures of %{y}<br>Captions of %{x}<br>%{z} rows<extra></extra>', hoverongaps: false,
        colorbar: { thickness: 10, outlinewidth: 0, title: { text: 'Rows', font: { color: ink, size: 12 } }, tickfont: { color: ink, size: 11 } },
      },
      {
        type: 'scatter', mode: 'markers', cliponaxis: false, x: lone, y: lone, name: 'Pairless', showlegend: lone.length > 0,
        marker: { symbol: 'square-open', size: names.length > 200 ? 4 : 9, color: ink, line: { width: names.length > 200 ? 1 : 2 } }, hovertemplate: '%{x}<br>pairless<extra></extra>',
      },
    ],
    layout: { ...base, xaxis: { ...base.xaxis, ...axis, range: ends }, yaxis: { ...base.yaxis, ...axis, range: [...ends].reverse() } },
  };
}
