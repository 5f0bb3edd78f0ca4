// Runs of one task and protocol: the headline metric against the size of sets, the table, and what is chosen in it.

import { makeChosen } from './chosen.js';
import { makeJudged } from './judged.js';
import { sized } from '../common/numbers.js';
import { make, openTab, say } from '../common/page.js';
import { makePublished } from './published.js';
import { makeSizeChart } from '../common/recall.js';
import {
  dataName,
  nameOf,
  seedsNamed,
  seedsOf,
  sizeOf,
  sizeTitle,
  startedAt,
  wayOf,
} from '../common/run.js';
import { download, labelCell, memoryOf, removal, secondsOf, spent, state } from './runcells.js';
import { saveText, toCsv, toLatex } from '../common/saving.js';
import { meanOf, measures, shown } from '../common/scores.js';
import { makeTable } from '../common/table.js';

/** `about` is of one of its runs; `does` has remove(id), cancel(id), resume(id), judge(plan), and look()
 * for when something was changed. */
export function makeComparison(about, sentence, does) {
  const chart = makeSizeChart(about);
  const judged = makeJudged(about, does);
  const marking = makeMarking(plan => {
    judged.await();
    does.judge(plan);
  });
  const table = makeTable(columns(about, measures(about), marking.box, does), {
    label: sentence,
    idOf: row => row.id,
    onChoose: row => (say('open-run', row.id), openTab('Distill')),
  });
  const tools = makeTools(about, sentence, table);
  const published = about.protocol.name === 'paper' ? makePublished() : null;
  const element = make(
    'section',
    { class: 'compared-runs', hidden: true },
    make('p', { class: 'hint' }, sentence),
    make('div', { class: 'compared of-sizes' }, chart.element, published?.element),
    make('div', { class: 'compared of-table' }, table.element, tools),
    marking.element,
    marking.sides,
    judged.element,
  );

  let n = { runs: 0, judgements: 0 };

  /** Hides what nothing is in. */
  function count(more) {
    n = { ...n, ...more };
    element.hidden = n.runs + n.judgements === 0;
  }

  /** Takes all runs, those that the filter leaves, and lines of the headline metric. */
  function show(all, matching, lines) {
    count({ runs: all.length });
    marking.show(all);
    table.show(matching.flatMap(rowsOf));
    table.element.hidden = tools.hidden = matching.length === 0;
    chart.show(lines);
    published?.load(all.filter(run => run.result).length);
  }

  function judge(judgements) {
    count({ judgements: judgements.length });
    judged.show(judgements);
  }

  return { element, show, judge };
}

/** The runs that are ticked in the table, beside each other. */
function makeMarking(judge) {
  const marked = new Set(); // ids
  const chosen = makeChosen(judge);
  let runs = [];

  /** The checkbox of a row; sweeps have none, because their sets have a table and lines of their own. */
  function box(row) {
    if (row.kind === 'sweep') return null;
    return make('input', {
      type: 'checkbox',
      'data-run': row.id,
      checked: marked.has(row.id),
      'aria-label': `Compare ${nameOf(row)}`,
      onchange: event => choose(row.id, event.target),
    });
  }

  function choose(id, changed) {
    if (changed.checked) marked.add(id);
    else marked.delete(id);
    for (const other of changed.closest('table').querySelectorAll('input[data-run]'))
      other.checked = marked.has(other.dataset.run); // other rows of the same run
    chosen.show(runs.filter(run => marked.has(run.id)));
  }

  function show(all) {
    runs = all;
    chosen.element.hidden = all.length === 0;
    for (const id of marked) if (!all.some(run => run.id === id)) marked.delete(id);
    chosen.show(all.filter(run => marked.has(run.id)));
  }

  return { element: chosen.element, sides: chosen.sides, box, show };
}

/** Buttons that save the table as it is sorted. */
function makeTools(about, sentence, table) {
  const printed = makePrinted(about, measures(about));
  const heads = printed.map(([title]) => title);
  const cells = row => printed.map(([, text]) => text(row));
  const named = row => [row.id, row.label.name, row.label.note, row.state];
  const cost = row => [
    secondsOf(row)?.toFixed(1) ?? '',
    memoryOf(row) === null ? '' : Math.round(memoryOf(row) / 2 ** 20),
  ];
  const csv = () => [
    ['Run', 'Name', 'Note', 'State', ...heads, 'Seconds', 'Peak memory in MiB'],
    ...table.ranked().map(row => [...named(row), ...cells(row), ...cost(row)]),
  ];
  const latex = () => [
    [...heads, 'Time', 'Memory'],
    ...table
      .ranked()
      .filter(row => row.scores)
      .map(row => [...cells(row), spent(secondsOf(row)), sized(memoryOf(row))]),
  ];
  const file = `runs-${about.protocol.name}`;
  const tool = (text, onclick) => make('button', { type: 'button', class: 'tool', onclick }, text);
  return make(
    'div',
    { class: 'tools' },
    tool('Table as CSV', () => saveText(`${file}.csv`, toCsv(csv()), 'text/csv')),
    tool('Table as LaTeX', () =>
      saveText(`${file}.tex`, toLatex(latex(), alignment(printed), sentence)),
    ),
  );
}

/** What a reader of a paper wants to know: a title, the text of a row, and its side. */
const makePrinted = (about, metrics) => [
  ['Data', row => dataName(row.config)],
  ['Method', wayOf],
  [sizeTitle(about), sizeOf, 'r'],
  ['Seed', seedsOf, 'r'],
  ['Network', row => row.network],
  ...metrics.map(metric => [metric.label, row => shown(row.scores, metric), 'r']),
];
const alignment = printed => printed.map(([, , side = 'l']) => side).join('') + 'rr';

/** One row per network; a run without a result has one row. */
function rowsOf(run) {
  const networks = Object.entries(run.scores);
  return (networks.length ? networks : [['–', null]]).map(([network, scores]) => ({
    ...run,
    network,
    scores,
  }));
}

function columns(about, metrics, choice, { remove, look }) {
  const group = (title, value, text = value, more = {}) => ({
    title,
    value,
    text,
    isGroup: true,
    ...more,
  });
  return [
    group(
      'Run',
      row => startedAt(row.id)?.getTime(),
      row => labelCell(row, choice(row), look),
      { sorts: 'falling' },
    ),
    group('Data', row => dataName(row.config)),
    group('Method', wayOf),
    group(sizeTitle(about), row => Number.parseInt(sizeOf(row), 10) || null, sizeOf, {
      isNumber: true,
    }),
    group(
      'Seed',
      row => (seedsOf(row) ? row.about.seeds[0] : null),
      row => make('span', { title: seedsNamed(row) }, seedsOf(row) || '–'),
      {
        isNumber: true,
      },
    ),
    group('State', row => row.state, state),
    { title: 'Network', value: row => row.network, text: row => row.network },
    ...metrics.map(metric => ({
      title: metric.label,
      isNumber: true,
      value: row => meanOf(row.scores, metric),
      text: row => shown(row.scores, metric).replace('± ', '±\u00a0'), // two lines where it is narrow
    })),
    group('Time', secondsOf, row => spent(secondsOf(row)), { isNumber: true }),
    group('Memory', memoryOf, row => sized(memoryOf(row)), { isNumber: true }),
    group('Actions', null, row =>
      make('span', { class: 'actions' }, download(row), removal(row, remove)),
    ),
  ];
}
