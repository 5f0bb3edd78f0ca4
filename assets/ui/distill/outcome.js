// What came out of a run: scores on test, what it cost, and the set to take away.

import { duration, sized } from '../common/numbers.js';
import { address, make } from '../common/page.js';
import { scoreTable } from '../common/scores.js';
import { failuresLink } from './failing.js';

/** @param {Wire.Run} run one that is done */
export function outcome(run) {
  const { id, about, scores, result: found } = run;
  const result = /** @type {Wire.Result} */ (found);
  const { evaluation = {}, out, timing = {}, peak_memory: peak } = result;
  const stages = Object.fromEntries(about.stages.map(({ name, label }) => [name, label]));
  const spent = Object.entries(timing).map(
    ([stage, seconds]) => `${(stages[stage] ?? stage).toLowerCase()} ${duration(seconds)}`,
  );
  const memory = peak ? ` Memory: at most ${sized(peak)}.` : '';
  const n = evaluation.n_seeds ?? 1;
  return [
    make('h3', {}, `${about.task.label}: scores on test`),
    scoreTable(about, scores),
    make(
      'p',
      { class: 'hint' },
      `${about.protocol.label} `,
      n > 1
        ? `Percent, mean ± half of the 95 % interval over ${n} students per network. `
        : 'Percent, of one student per network. ',
      spent.length ? `Time: ${spent.join(', ')}.` : '',
      memory,
    ),
    make(
      'div',
      { class: 'tools' },
      failuresLink(run),
      out ? setLink(id) : '',
      reportLink(id),
      recipeLink(id),
    ),
  ];
}

/** @param {string} id */
const setLink = id =>
  make(
    'a',
    { class: 'tool', href: address(`/runs/${id}/set.zip`), download: `${id}.zip` },
    'Download the set',
  );

/** @param {string} id */
export const reportLink = id =>
  make(
    'a',
    {
      class: 'tool',
      href: address(`/runs/${id}/report.zip`),
      download: `${id}-report.zip`,
      title: 'Map, set, curves, scores and settings as files that any browser opens, for others',
    },
    'Report',
  );

/** @param {string} id */
const recipeLink = id =>
  make(
    'a',
    {
      class: 'tool',
      href: address(`/runs/${id}/recipe.yaml`),
      download: `${id}.yaml`,
      title: 'A file from which `python -m explorer run` makes this run again',
    },
    'Recipe',
  );
