// Scores as a person reads them: mean ± half of the 95 % interval, by the names that the task gives.
// A run tells its metrics in `about`; the first one is the headline.

import { make } from './page.js';

/** @typedef {Record<string, (number | null)[]> | null | undefined} Scores */

/** @param {Pick<Wire.About, 'metrics'>} about */
export const headline = about => about.metrics[0];

/** The metrics that stand in tables; one that is nothing but the mean of others does not.
 * @param {Pick<Wire.About, 'metrics'>} about
 */
export const measures = about => about.metrics.filter(({ mean_of }) => !mean_of.length);

/**
 * @param {Scores} scores
 * @param {Wire.MetricShape} metric
 */
export const meanOf = (scores, { name }) => scores?.[name]?.[0] ?? null;

/**
 * @param {Scores} scores
 * @param {Wire.MetricShape} metric
 */
export const shown = (scores, { name }) => withInterval(scores?.[name]);

/** [mean, half of its interval, or null] as text; a dash where there is none.
 * @param {(number | null)[] | null | undefined} each
 */
export function withInterval(each) {
  const [mean = null, half = null] = each ?? [];
  if (mean === null) return '–';
  return half === null ? mean.toFixed(1) : `${mean.toFixed(1)} ± ${half.toFixed(1)}`;
}

/** One run's scores: a row per network.
 * @param {Wire.About} about
 * @param {Record<string, Scores>} scores
 */
export function scoreTable(about, scores) {
  const columns = measures(about);
  const head = ['Network', ...columns.map(({ label }) => label)];
  const rows = Object.entries(scores).map(([network, own]) =>
    make(
      'tr',
      {},
      make('th', { scope: 'row' }, network),
      columns.map(metric => make('td', { class: 'is-number' }, shown(own, metric))),
    ),
  );
  return make(
    'div',
    { class: 'table-frame' },
    make(
      'table',
      {},
      make(
        'thead',
        {},
        make(
          'tr',
          {},
          head.map((text, at) =>
            make('th', { scope: 'col', class: at ? 'is-number' : null }, text),
          ),
        ),
      ),
      make('tbody', {}, rows),
    ),
  );
}
