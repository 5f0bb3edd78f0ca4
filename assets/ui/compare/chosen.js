// The runs that were chosen in a table: only the settings that differ, quality beside cost; two sets
// also side by side, in an element of their own.

import { sized } from '../common/numbers.js';
import { ask, make } from '../common/page.js';
import { headOf } from '../common/run.js';
import { memoryOf, secondsOf, spent } from './runcells.js';
import { headline, withInterval } from '../common/scores.js';
import { makeJudging } from './judging.js';
import { makeSides } from './sides.js';

/** `judge` puts the sets of runs before a referee. */
export function makeChosen(judge) {
  const title = make('h3');
  const hint = make('p', { class: 'hint' });
  const table = make('div', {
    class: 'table-frame',
    hidden: true,
    tabindex: 0,
    role: 'region',
    'aria-label': 'Where the chosen runs differ',
  });
  const [sides, judging] = [makeSides(), makeJudging(judge)];
  const beside = make(
    'button',
    { type: 'button', class: 'tool', hidden: true, onclick: sides.open },
    'See both sets side by side',
  );
  const head = make('div', { class: 'chosen-head' }, title, beside);
  const element = make(
    'section',
    { class: 'chosen is-empty', 'aria-label': 'Chosen runs' },
    head,
    hint,
    table,
    judging.element,
  );
  let shown = null;

  async function show(runs) {
    const key = JSON.stringify(runs);
    if (key === shown) return;
    shown = key;
    head.hidden = !runs.length;
    element.classList.toggle('is-empty', !runs.length);
    title.textContent = `${runs.length} ${runs.length === 1 ? 'run' : 'runs'} chosen`;
    hint.textContent =
      runs.length > 1
        ? ''
        : 'Tick runs to have their sets judged; two or more to see where they differ, of two finished ones also the sets, side by side.';
    judging.show(runs);
    const areTwoSets = runs.length === 2 && runs.every(run => run.result?.out);
    beside.hidden = !areTwoSets;
    sides.show(areTwoSets ? runs : null);
    const differences = runs.length > 1 ? await differ(runs) : [];
    if (key !== shown) return;
    table.hidden = runs.length < 2;
    table.replaceChildren(...(runs.length > 1 ? [compared(runs, differences)] : []));
    if (runs.length > 1 && !differences.length && !hint.textContent)
      hint.textContent = 'Their settings are the same.';
  }

  const differ = runs =>
    ask(`/comparison/settings?${runs.map(({ id }) => `run=${id}`).join('&')}`).catch(error => {
      hint.textContent = error.message;
      return [];
    });

  return { element, sides: sides.element, show };
}

/** A column per run: settings that differ, scores on each network, cost. */
function compared(runs, differences) {
  const networks = [...new Set(runs.flatMap(run => Object.keys(run.scores)))];
  const { name, label } = headline(runs[0].about);
  const scores = network => runs.map(run => run.scores[network]?.[name]);
  return make(
    'table',
    { class: 'differences' },
    make(
      'thead',
      {},
      make(
        'tr',
        {},
        make('th', { scope: 'col' }, 'What differs'),
        runs.map(run => make('th', { scope: 'col' }, headOf(run))),
      ),
    ),
    make(
      'tbody',
      {},
      differences.map(({ setting, values }) =>
        line(setting, values.map(told), { class: 'differs' }),
      ),
      networks.map(network => line(`${label}, ${network}`, best(scores(network)))),
      runs.some(run => run.result?.words) && line('Words per caption', runs.map(wordsOf)),
      line(
        'Time',
        runs.map(run => spent(secondsOf(run))),
      ),
      line(
        'Peak memory',
        runs.map(run => sized(memoryOf(run))),
      ),
    ),
  );
}

/** What an earlier version made was not counted. */
const wordsOf = ({ result }) => result?.words?.toFixed(1) ?? '–';

const line = (name, cells, more = {}) =>
  make(
    'tr',
    more,
    make('th', { scope: 'row' }, name),
    cells.map(cell => make('td', {}, cell)),
  );

/** A setting as people read it; a run that does not use it has a dash. */
function told(value) {
  if (value === null) return '–';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (Array.isArray(value) && value.some(Array.isArray)) return String(value.length); // edits, too long to tell
  if (Array.isArray(value)) return value.join(', ') || 'none';
  return value === '' ? 'none' : String(value);
}

/** Means with half of their intervals, the highest of them bold. */
function best(means) {
  const highest = Math.max(...means.map(each => each?.[0] ?? -Infinity));
  return means.map(each => {
    const text = withInterval(each);
    return each?.[0] === highest ? make('strong', {}, text) : text;
  });
}
