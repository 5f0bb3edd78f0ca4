// The matching as a heat map: rows that each image cluster shares with each caption cluster.

import { ramp, css } from '../common/colours.js';
import { lightShared } from '../common/light.js';
import { whileListed } from '../common/lists.js';
import { count } from '../common/numbers.js';
import { address, isDark, make, themeColour, watchTheme } from '../common/page.js';
import { OPTIONS, fetchPlotly, layout } from '../common/plot.js';

const MIXED_UP = 8; // cells off the diagonal that are listed
const STEPS = 9;

export function mount(element) {
  const view = element.querySelector('.heat-view');
  const dom = build();
  view.append(
    dom.hint,
    dom.plot,
    make('h3', {}, 'Most rows outside of a pair'),
    dom.list,
    dom.said,
  );
  let about = null;
  let counts = null;
  let asked = 0;

  async function open(opened) {
    const own = ++asked;
    about = opened;
    try {
      const loaded = await fetchCounts(about.key);
      if (own !== asked) return;
      counts = loaded;
      dom.said.textContent = '';
      dom.list.replaceChildren(...mixedUp(about, counts).map(cell => item(about, cell, light)));
      await draw();
    } catch (error) {
      if (own === asked) dom.said.textContent = error.message;
    }
  }

  async function draw() {
    const plotly = await fetchPlotly();
    const { data, layout: look } = figure(about, counts);
    await plotly.react(dom.plot, data, look, { ...OPTIONS, doubleClick: false });
    dom.plot.removeAllListeners('plotly_click');
    dom.plot.on('plotly_click', ({ points: [{ pointNumber, x, y }] }) => {
      const nameIndex = name => about.prototypes.findIndex(each => nameOf(each) === name);
      light(...(Array.isArray(pointNumber) ? pointNumber : [y, x].map(nameIndex)));
    });
  }

  async function light(k, other) {
    try {
      const n = await lightShared(about, k, other, 'heat');
      dom.said.textContent = told(about, k, other, n);
    } catch (error) {
      dom.said.textContent = error.message;
    }
  }

  whileListed('heat', open);
  watchTheme(view, () => counts && draw());
  new ResizeObserver(
    () => dom.plot.data && dom.plot.clientWidth && window.Plotly.Plots.resize(dom.plot),
  ).observe(view);
}

const build = () => ({
  plot: make('div', { class: 'heat-plot' }),
  hint: make(
    'p',
    { class: 'hint' },
    'A row is an image cluster, a column a caption cluster, in the order of their ' +
      'prototypes; down the diagonal stand the pairs. A square marks a pairless prototype: its two clusters share nothing. Click a cell to light its rows on the map.',
  ),
  said: make('p', { class: 'hint', role: 'status' }, 'Counting …'),
  list: make('ol', { class: 'heat-list', 'aria-label': 'Most rows outside of a pair' }),
});

async function fetchCounts(key) {
  const answer = await fetch(address(`/prepared/${key}/shared.bin`));
  if (!answer.ok) throw new Error(`The counts could not be loaded (${answer.status}).`);
  return new Uint32Array(await answer.arrayBuffer());
}

/** What was lit: `n` rows of one prototype's image cluster and another's caption cluster. */
function told({ prototypes }, k, other, n) {
  const [of, its] = [k, other].map(each => prototypes[each].number + 1);
  return (
    `${count(n)} ${n === 1 ? 'row lies' : 'rows lie'} in the image cluster of prototype ${of} ` +
    `and the caption cluster of ${of === its ? 'the same' : its}${n ? '; the map shows them' : ''}.`
  );
}

function item({ prototypes }, [k, other, n], light) {
  const [of, its] = [k, other].map(each => nameOf(prototypes[each]));
  return make(
    'li',
    {},
    make(
      'button',
      { type: 'button', class: 'heat-row', onclick: () => light(k, other) },
      make(
        'span',
        { class: 'text' },
        'Images of ',
        make('strong', {}, of),
        ', captions of ',
        make('strong', {}, its),
      ),
      make('span', { class: 'figure' }, count(n)),
    ),
  );
}

const nameOf = ({ number, label }) => `${number + 1} · ${label}`;

/** [[image cluster, caption cluster, rows], ...] outside of the diagonal, the most rows first. */
function mixedUp({ prototypes: { length: k } }, counts) {
  const cells = [];
  counts.forEach(
    (n, cell) =>
      n && Math.floor(cell / k) !== cell % k && cells.push([Math.floor(cell / k), cell % k, n]),
  );
  return cells.sort((a, b) => b[2] - a[2]).slice(0, MIXED_UP);
}

function figure({ prototypes }, counts) {
  const names = prototypes.map(nameOf);
  const ends = [-0.5, names.length - 0.5]; // no room beyond the cells
  const base = layout({
    across: 'Caption cluster of prototype',
    up: 'Image cluster of prototype',
    height: 460,
  });
  const axis = {
    type: 'category',
    showticklabels: false,
    ticks: '',
    showgrid: false,
    categoryorder: 'array',
    categoryarray: names,
  };
  return {
    data: [cells(names, counts), pairless(prototypes)],
    layout: {
      ...base,
      xaxis: { ...base.xaxis, ...axis, range: ends },
      yaxis: { ...base.yaxis, ...axis, range: [...ends].reverse() },
    },
  };
}

function cells(names, counts) {
  const rows = names.map((_, k) => counts.subarray(k * names.length, (k + 1) * names.length));
  const colours = ramp(STEPS, isDark());
  const ink = themeColour('--body-text-color');
  const paper = themeColour('--block-background-fill'); // few rows hardly show, whatever the theme
  const scale = [paper, ...Array.from({ length: STEPS }, (_, i) => css(colours, i))];
  return {
    type: 'heatmap',
    z: rows.map(row => Array.from(row, n => n || null)),
    x: names,
    y: names,
    colorscale: scale.map((colour, i) => [i / STEPS, colour]),
    zmin: 0,
    hovertemplate: 'Images of %{y}<br>Captions of %{x}<br>%{z} rows<extra></extra>',
    hoverongaps: false,
    colorbar: {
      thickness: 10,
      outlinewidth: 0,
      title: { text: 'Rows', font: { color: ink, size: 12 } },
      tickfont: { color: ink, size: 11 },
    },
  };
}

function pairless(prototypes) {
  const lone = prototypes.filter(({ n_shared: n }) => !n).map(nameOf);
  const isMany = prototypes.length > 200;
  return {
    type: 'scatter',
    mode: 'markers',
    cliponaxis: false,
    x: lone,
    y: lone,
    name: 'Pairless',
    showlegend: lone.length > 0,
    marker: {
      symbol: 'square-open',
      size: isMany ? 4 : 9,
      color: themeColour('--body-text-color'),
      line: { width: isMany ? 1 : 2 },
    },
    hovertemplate: '%{x}<br>pairless<extra></extra>',
  };
}
