// Files to take away: tables as CSV and LaTeX, figures as PNG and SVG.

import { address, make } from './page.js';
import { fetchPlotly, onPaper } from './plot.js';

const FIGURE = { width: 900, height: 520, scale: 2 };
const TABLES = {
  'table.csv': 'Table as CSV',
  'table.tex': 'Table as LaTeX',
  'table.md': 'Table as Markdown',
};
const ESCAPED = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '±': '$\\pm$',
  '·': '$\\cdot$',
  '–': '--',
};

/** Lines of cells, the heads first, for a spreadsheet. */
export const toCsv = lines =>
  lines
    .map(line => line.map(cell => `"${String(cell).replaceAll('"', '""')}"`).join(','))
    .join('\r\n');

/** The same for a paper; `alignment` has an l or r per column, `caption` says what the numbers are. */
export function toLatex([head, ...lines], alignment, caption) {
  const row = cells => `    ${cells.map(escaped).join(' & ')} \\\\`;
  return [
    '% \\usepackage{booktabs}',
    '\\begin{table}',
    '  \\centering',
    `  \\caption{${escaped(caption)}}`,
    `  \\begin{tabular}{${alignment}}`,
    '    \\toprule',
    row(head),
    '    \\midrule',
    ...lines.map(row),
    '    \\bottomrule',
    '  \\end{tabular}',
    '\\end{table}',
    '',
  ].join('\n');
}

const escaped = cell =>
  String(cell).replace(/[&%$#_{}]|[\\~^±·–]/g, sign => ESCAPED[sign] ?? `\\${sign}`);

export const saveText = (name, text, type = 'text/plain') =>
  saveBlob(name, new Blob([text], { type }));

export function saveBlob(name, blob) {
  const address = URL.createObjectURL(blob);
  saveAs(name, address);
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** Buttons that save a chart as it is seen, on white paper; `name()` is the file's without ending. */
export function figureTools(plot, name) {
  const save = format => async () => {
    if (!plot.data) return; // nothing was drawn yet
    const plotly = await fetchPlotly();
    saveAs(`${name()}.${format}`, await plotly.toImage(onPaper(plot), { ...FIGURE, format }));
  };
  return make(
    'span',
    { class: 'figure-tools' },
    ['png', 'svg'].map(format =>
      make(
        'button',
        { type: 'button', class: 'tool is-small', onclick: save(format) },
        format.toUpperCase(),
      ),
    ),
  );
}

/** Links to the tables that a run wrote into this part of its folder. */
export const tableLinks = (run, part, look = 'tool') =>
  Object.entries(TABLES).map(([file, text]) => {
    const href = address(`/runs/${run}/${part}/${file}`);
    return make('a', { class: look, href, download: `${run}-${file}` }, text);
  });

const saveAs = (download, href) => make('a', { href, download }).click();

/** A part of a file's name. */
export const asName = text =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
