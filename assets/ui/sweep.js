// A sweep: what was scored so far as a table and as recall against pairs; both grow set by set.

import { address, ask, make } from './page.js';
import { makeRecallChart } from './recall.js';
import { MEASURES, meanOf, shown, withInterval } from './scores.js';
import { makeTable } from './table.js';

const FILES = { 'table.csv': 'Table as CSV', 'table.tex': 'Table as LaTeX', 'table.md': 'Table as Markdown' };
const plain = (title, value, isNumber) => ({ title, value, text: value, isNumber });

export function makeSweepView() {
  const columns = [
    plain('Method', row => row.method),
    plain('Pairs', row => row.n_pairs, true),
    plain('Network', row => row.network),
    plain('Sets', row => row.n_sets, true),
    { title: 'Mean', isNumber: true, value: row => row.mean[0], text: row => withInterval(row.mean) },
    { title: 'First − it', isNumber: true, value: row => row.lead?.[0], text: row => withInterval(row.lead) },
    ...MEASURES.map(measure => ({
      title: measure[0], isNumber: true, value: row => meanOf(row, measure), text: row => shown(row, measure),
    })),
  ];
  const table = makeTable(columns, {
    label: 'Scores of the sweep', idOf: row => `${row.method} ${row.n_pairs} ${row.network}`, first: 4, falling: true,
  });
  const chart = makeRecallChart();
  const none = make('p', { class: 'hint' }, 'The table grows as sets are scored.');
  const files = make('div', { class: 'tools' });
  const [sentence, where] = [make('span'), make('code')];
  const about = make('p', { class: 'hint' }, sentence, where, '.');
  const element = make('section', { class: 'compared' }, make('h3', {}, 'Scores'), none, chart.element, table.element, about, files);

  /** Reads the scores of a run anew, and shows them if they are still wanted then. */
  async function load(run, isWanted) {
    const { folder, rows, lines } = await ask(`/runs/${run}/sweep`);
    if (!isWanted()) return;
    none.hidden = rows.length > 0;
    table.element.hidden = about.hidden = rows.length === 0;
    table.show(rows);
    chart.show(lines);
    where.textContent = folder;
    files.replaceChildren(...(rows.length ? Object.entries(FILES).map(([file, text]) =>
      make('a', { class: 'tool', href: address(`/runs/${run}/sweep/${file}`), download: `${run}-${file}` }, text)) : []));
  }

  function begin({ protocol, n_seeds }, { methods, n_sets }) {
    sentence.textContent = `Recall on test in percent, ${protocol} protocol: mean ± half of the 95 % interval over sets, ` +
      `of which there will be ${n_sets} of each, ${n_seeds} students per network. First − it is how far ` +
      `${methods[0]} is ahead, sets of equal seeds paired. The sets are in `;
    none.hidden = false;
    table.element.hidden = about.hidden = true;
    files.replaceChildren();
    chart.show([]);
  }

  return { element, begin, load };
}
