// Runs of one protocol: recall against pairs, the table, and what is chosen in it.

import { makeChosen } from './chosen.js';
import { make, say } from './page.js';
import { makePublished } from './published.js';
import { makeRecallChart } from './recall.js';
import { dataName, methodOf, nameOf, pairsOf, startedAt } from './run.js';
import { download, labelCell, memoryOf, removal, secondsOf, sized, spent, state } from './runcells.js';
import { saveText, toCsv, toLatex } from './saving.js';
import { MEASURES, meanOf, shown } from './scores.js';
import { makeTable } from './table.js';

/** `does` has remove(id), and look() for when something was changed. */
export function makeComparison(protocol, sentence, does) {
  const marked = new Set(); // ids of the runs that are chosen
  const chosen = makeChosen();
  const chart = makeRecallChart();
  const table = makeTable(columns(choice, does), {
    label: sentence, idOf: row => row.id, onChoose: row => say('open-run', row.id), falling: true,
  });
  const tool = (text, onclick) => make('button', { type: 'button', class: 'tool', onclick }, text);
  const tools = make('div', { class: 'tools' },
    tool('Table as CSV', () => saveText(`runs-${protocol}.csv`, toCsv(written()), 'text/csv')),
    tool('Table as LaTeX', () => saveText(`runs-${protocol}.tex`, toLatex(printed(), alignment(), sentence))));
  const published = protocol === 'paper' ? makePublished() : null;
  const element = make('section', { class: 'compared', hidden: true },
    make('p', { class: 'hint' }, sentence), chart.element, table.element, tools, published?.element, chosen.element);
  let runs = [];

  function choice(row) {
    if (row.kind === 'sweep') return null; // its sets have their own table and lines
    return make('input', {
      type: 'checkbox', 'data-run': row.id, checked: marked.has(row.id),
      'aria-label': `Compare ${nameOf(row)}`, onchange: event => choose(row.id, event.target.checked),
    });
  }

  function choose(id, isChosen) {
    if (isChosen) marked.add(id);
    else marked.delete(id);
    for (const box of table.element.querySelectorAll('input[data-run]')) box.checked = marked.has(box.dataset.run);
    chosen.show(runs.filter(run => marked.has(run.id)));
  }

  /** Takes all runs, those that the filter leaves, and lines of recall. */
  function show(all, matching, lines) {
    runs = all;
    element.hidden = all.length === 0;
    chosen.element.hidden = all.length < 2;
    for (const id of marked) if (!all.some(run => run.id === id)) marked.delete(id);
    table.show(matching.flatMap(rowsOf));
    table.element.hidden = tools.hidden = matching.length === 0;
    chart.show(lines);
    published?.load(all.filter(run => run.result).length);
    chosen.show(all.filter(run => marked.has(run.id)));
  }

  const written = () => [
    ['Run', 'Name', 'Note', 'State', ...PRINTED.map(([title]) => title), 'Seconds', 'Peak memory in MB'],
    ...table.ranked().map(row => [
      row.id, row.label.name, row.label.note, row.state, ...PRINTED.map(([, text]) => text(row)),
      secondsOf(row)?.toFixed(1) ?? '', memoryOf(row) === null ? '' : Math.round(memoryOf(row) / 1e6),
    ]),
  ];
  const printed = () => [
    [...PRINTED.map(([title]) => title), 'Time', 'Memory'],
    ...table.ranked().filter(row => row.scores).map(row =>
      [...PRINTED.map(([, text]) => text(row)), spent(secondsOf(row)), sized(memoryOf(row))]),
  ];
  return { element, show };
}

const PRINTED = [ // what a reader of a paper wants to know: a title, and the text of a row
  ['Data', row => dataName(row.config)],
  ['Method', methodOf],
  ['Pairs', pairsOf],
  ['Network', row => row.network],
  ...MEASURES.map(measure => [measure[0], row => shown(row.scores, measure)]),
];
const alignment = () => PRINTED.map((_, at) => (at === 2 || at > 3 ? 'r' : 'l')).join('') + 'rr';

/** One row per network; a run without a result has one row. */
function rowsOf(run) {
  const networks = Object.entries(run.result?.evaluation?.backbones ?? { '–': null });
  return networks.map(([network, scores]) => ({ ...run, network, scores }));
}

function columns(choice, { remove, look }) {
  const group = (title, value, text = value, more = {}) => ({ title, value, text, isGroup: true, ...more });
  return [
    group('Run', row => startedAt(row.id)?.getTime(), row => labelCell(row, choice(row), look)),
    group('Data', row => dataName(row.config)),
    group('Method', methodOf),
    group('Pairs', row => Number.parseInt(pairsOf(row), 10) || null, pairsOf, { isNumber: true }),
    group('State', row => row.state, state),
    { title: 'Network', value: row => row.network, text: row => row.network },
    ...MEASURES.map(measure => ({
      title: measure[0], isNumber: true,
      value: row => meanOf(row.scores, measure), text: row => shown(row.scores, measure),
    })),
    group('Time', secondsOf, row => spent(secondsOf(row)), { isNumber: true }),
    group('Memory', memoryOf, row => sized(memoryOf(row)), { isNumber: true }),
    group('Actions', null, row => make('span', { class: 'actions' }, download(row), removal(row, remove))),
  ];
}
