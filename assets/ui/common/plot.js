// What all charts share: plotly.js, which comes from the program itself when the first chart is
// drawn, and a look made of the theme's colours.

import { isDark, make, themeColour } from './page.js';

const COLOURS = {
  light: [
    ...['#2a5bbd', '#b4531f', '#2f7d4f', '#8a3f9c', '#8c6a00', '#00788c'],
    ...['#b03a64', '#d1860b', '#6c8f12', '#4791d6', '#d2679f', '#5a6472'],
  ],
  dark: [
    ...['#8fb0f3', '#e69a6b', '#7cc79a', '#d19be0', '#d9bd5c', '#6cc5d6'],
    ...['#f07c9c', '#ffc46b', '#bfdc6a', '#5b9be6', '#f5b8d8', '#a9b4c2'],
  ],
};
/** @returns {boolean | undefined} none outside a browser */
function isNarrow() {
  return globalThis.matchMedia?.('(max-width: 760px)').matches;
}

export const OPTIONS = {
  responsive: true,
  displaylogo: false,
  displayModeBar: isNarrow() ? false : 'hover', // where there is room for it beside the legend
  doubleClick: 'reset+autosize',
  modeBarButtons: [['zoom2d', 'pan2d', 'resetScale2d']], // none that sends data anywhere
};
let fetched = null;

export function fetchPlotly() {
  fetched ||= new Promise((resolve, reject) => {
    const source = new URL('../plotly.min.js', import.meta.url).href;
    const script = make('script', {
      src: source,
      onload: () => resolve(window.Plotly),
      onerror: reject,
    });
    document.head.append(script);
  });
  return fetched;
}

export function colourAt(place) {
  const row = isDark() ? COLOURS.dark : COLOURS.light;
  return row[place % row.length];
}

const SYMBOLS = [
  ...['circle', 'diamond', 'square', 'triangle-up', 'cross', 'x', 'star', 'triangle-down'],
  ...['pentagon', 'hexagram', 'hourglass', 'bowtie'],
];
const DASHES = ['solid', 'dash', 'dot', 'dashdot'];

/**
 * How the line of a method looks: its colour is that of its place among all methods wherever it is
 * drawn, with another mark and dash where colours begin anew, and another dash for each more line
 * of it, of which every other one has open marks: lines of a single point differ, too.
 */
export function lookAt(place, nth) {
  const round = Math.floor(place / COLOURS.light.length);
  return {
    colour: colourAt(place),
    symbol: SYMBOLS[round % SYMBOLS.length] + (nth % 2 ? '-open' : ''),
    dash: DASHES[(round + nth) % DASHES.length],
  };
}

/** The range of values that come one by one; it spans where a line would lie flat in most of it. */
export function makeRange() {
  let [least, most] = [Infinity, 0];
  return {
    take: value => ([least, most] = [Math.min(least, value), Math.max(most, value)]),
    clear: () => ([least, most] = [Infinity, 0]),
    spans: () => least > 0 && most > 30 * least,
  };
}

/** A figure as it looks on white paper, whatever the page's colours are. */
export function onPaper({ data, layout }) {
  const [ink, rule] = ['#1d1c19', '#d2cfc8'];
  const inked = axis => ({
    ...axis,
    gridcolor: rule,
    linecolor: rule,
    tickfont: { color: ink, size: 13 },
    title: { ...axis.title, font: { color: ink, size: 14 } },
  });
  const light = COLOURS.dark.reduce(
    (text, dark, at) => text.replaceAll(dark, COLOURS.light[at]),
    JSON.stringify(data),
  );
  return {
    data: JSON.parse(light),
    layout: {
      ...layout,
      height: undefined,
      margin: { l: 60, r: 20, t: 20, b: 50 },
      paper_bgcolor: '#ffffff',
      plot_bgcolor: '#ffffff',
      font: { ...layout.font, color: ink, size: 14 },
      legend: { ...layout.legend, font: { color: ink, size: 14 } },
      xaxis: inked(layout.xaxis),
      yaxis: inked(layout.yaxis),
    },
  };
}

/** Layout of a chart with these titles along its axes. */
export function layout({ across, up, height = 250 }) {
  const [ink, quiet, rule] = [
    '--body-text-color',
    '--body-text-color-subdued',
    '--border-color-primary',
  ].map(name => themeColour(name));
  const axis = {
    gridcolor: rule,
    linecolor: rule,
    zeroline: false,
    tickfont: { color: quiet, size: 11 },
    automargin: true,
  };
  const named = text => ({ text, font: { color: quiet, size: 12 }, standoff: 8 });
  return {
    height,
    margin: { l: 44, r: 12, t: 6, b: 40 },
    uirevision: 'kept',
    paper_bgcolor: 'rgba(0,0,0,0)',
    plot_bgcolor: 'rgba(0,0,0,0)',
    font: { family: 'ui-sans-serif, system-ui, sans-serif', color: ink, size: 12 },
    xaxis: { ...axis, title: named(across) },
    yaxis: { ...axis, title: named(up) },
    legend: { orientation: 'h', y: 1.02, yanchor: 'bottom', x: 0, font: { color: ink, size: 12 } },
    modebar: { bgcolor: 'rgba(0,0,0,0)', color: quiet, activecolor: ink },
    hovermode: 'closest',
    dragmode: 'zoom',
    showlegend: true,
  };
}
