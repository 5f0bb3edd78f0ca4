// A sweep: what was scored so far as a table and against the size of sets; both grow set by set.

import { ask, make } from '../common/page.js';
import { makeSizeChart } from '../common/recall.js';
import { sizeTitle } from '../common/run.js';
import { tableLinks } from '../common/saving.js';
import { headline, meanOf, shown, withInterval } from '../common/scores.js';
import { makeTable } from '../common/table.js';
import { makeEnough } from './enough.js';
import { makeMatters } from './matters.js';
import { makeParallel } from './parallel.js';
import { reportLink } from './outcome.js';

const SIGNIFICANT = 0.05; // as in the files of the table
const plain = (title, value, isNumber) => ({ title, value, text: value, isNumber });

const WORDS = {
  title: 'Words per caption',
  isNumber: true,
  value: row => row.words,
  text: row => row.words?.toFixed(1) ?? '–',
};

/** What the table says of sets; those of classes have no captions. */
export const makeColumns = about => [
  plain('Method', row => row.method),
  plain(sizeTitle(about), row => row.n_pairs, true),
  plain('Network', row => row.network),
  plain('Sets', row => row.n_sets, true),
  ...(about.per_class ? [] : [WORDS]),
  {
    title: headline(about).label,
    isNumber: true,
    sorts: 'falling',
    value: row => row.mean[0],
    text: row => withInterval(row.mean),
  },
  {
    title: 'First − it',
    isNumber: true,
    value: row => row.lead?.[0],
    text: row => withInterval(row.lead) + (row.p !== null && row.p < SIGNIFICANT ? ' *' : ''),
  },
  ...about.metrics.slice(1).map(metric => ({
    title: metric.label,
    isNumber: true,
    value: row => meanOf(row.scores, metric),
    text: row => shown(row.scores, metric),
  })),
];

export function makeSweepView() {
  let [chart, table, matters, parallel, enough] = Array(5).fill(null); // made for the task's metrics
  const none = make('p', { class: 'hint is-wide' }, 'The table grows as sets are scored.');
  const files = make('div', { class: 'tools is-wide' });
  const about = make('p', { class: 'hint is-wide' });
  const element = make(
    'section',
    { class: 'compared' },
    make('h3', { class: 'is-wide' }, 'Scores'),
    none,
    about,
    files,
  );

  /** Reads the scores of a run anew, and shows them if they are still wanted then. */
  async function load(run, isWanted) {
    const { rows, lines, effects, sizes, combinations } = await ask(`/runs/${run}/sweep`);
    if (!isWanted()) return;
    none.hidden = rows.length > 0;
    table.element.hidden = about.hidden = rows.length === 0;
    table.show(rows);
    chart.show(lines);
    matters.show(effects);
    parallel.show(combinations);
    enough.show(sizes);
    files.replaceChildren(...(rows.length ? links(run) : []));
  }

  function begin(task, { n_seeds }, { methods, n_sets }) {
    for (const each of [chart, table, matters, parallel, enough]) each?.element.remove();
    chart = makeSizeChart(task);
    table = makeTable(makeColumns(task), {
      label: 'Scores of the sweep',
      idOf: row => `${row.method} ${row.n_pairs} ${row.network}`,
    });
    matters = makeMatters(task);
    parallel = makeParallel(task);
    enough = makeEnough(task);
    none.after(chart.element, table.element);
    element.append(parallel.element, matters.element, enough.element);
    about.textContent = explained(task, n_seeds, methods[0], n_sets);
    none.hidden = false;
    table.element.hidden = about.hidden = true;
    files.replaceChildren();
    chart.show([]);
  }

  return { element, begin, load };
}

const explained = ({ protocol }, nStudents, first, nSets) =>
  `${protocol.label} On test in percent, mean ± half of the 95 % interval over sets, of which there ` +
  `will be ${nSets} of each, ${nStudents} students per network. First − it is how far ${first} is ` +
  'ahead, sets of equal seeds paired; * is more than chance (p < 0.05 after Holm’s correction).';

const links = run => [...tableLinks(run, 'sweep'), reportLink(run)];
