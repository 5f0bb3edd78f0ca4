// How large a set must be: what each size brings over the one before, and the smallest that comes
// close enough to what students learn from all of train.

import { count } from '../common/numbers.js';
import { make } from '../common/page.js';
import { withInterval } from '../common/scores.js';
import { makeTable } from '../common/table.js';
import { signed } from './matters.js';

const CLOSE = 2; // points, at first

/** @param {Wire.About} about */
export function makeEnough(about) {
  const table = makeTable(columns(about), {
    label: 'What each size brings',
    idOf: row => `${row.network} ${row.method} ${row.n_pairs}`,
  });
  const points = make('input', {
    type: 'number',
    min: 0,
    step: 0.5,
    value: CLOSE,
    'aria-label': 'Points',
    oninput: () => tell(),
  });
  const field = make('label', { class: 'enough' }, 'Within ', points, ' points of all of train:');
  const found = make('ul', { class: 'hint' });
  const element = make(
    'section',
    { class: 'compared', hidden: true },
    make('h3', {}, `How many ${about.unit}?`),
    field,
    found,
    table.element,
  );
  let sizes = /** @type {Wire.Size[]} */ ([]);

  function tell() {
    const close = Number(points.value);
    field.hidden = found.hidden = !sizes.some(({ short }) => short);
    found.replaceChildren(
      ...enough(sizes, close).map(({ network, method, first, surely }) =>
        make('li', {}, `${method} on ${network}: ${sentence(first, surely, about.unit)}`),
      ),
    );
  }

  /** @param {Wire.Size[]} given */
  function show(given) {
    sizes = given;
    element.hidden = new Set(sizes.map(({ n_pairs }) => n_pairs)).size < 2;
    table.show(sizes);
    tell();
  }

  return { element, show };
}

const columns = about => [
  { title: 'Method', value: row => row.method, text: row => row.method },
  { title: 'Network', value: row => row.network, text: row => row.network },
  { title: about.unit, isNumber: true, value: row => row.n_pairs, text: row => count(row.n_pairs) },
  {
    title: 'Mean',
    isNumber: true,
    value: row => row.mean[0],
    text: row => withInterval(row.mean),
  },
  {
    title: 'Gained over the size before',
    isNumber: true,
    value: row => row.gain?.[0],
    text: row => (row.gain ? signed(row.gain) : '–'),
  },
  {
    title: 'Short of all',
    isNumber: true,
    value: row => row.short?.[0],
    text: row => (row.short ? withInterval(row.short) : '–'),
  },
];

/** Of each way and network the smallest size that is close enough, and the smallest whose whole
 * interval is; null where none is.
 * @param {Wire.Size[]} sizes by rising size
 * @param {number} close points
 */
export function enough(sizes, close) {
  const ways = new Map();
  for (const each of sizes.filter(({ short }) => short)) {
    const way = `${each.network} ${each.method}`;
    ways.set(way, [...(ways.get(way) ?? []), each]);
  }
  return [...ways.values()].map(own => {
    const smallest = (/** @type {(mean: number, half: number | null) => boolean} */ is) =>
      own.find(({ short: [mean, half] = [] }) => is(mean, half))?.n_pairs ?? null;
    return {
      network: own[0].network,
      method: own[0].method,
      first: smallest(mean => mean <= close),
      surely: smallest((mean, half) => half !== null && mean + half <= close),
    };
  });
}

function sentence(first, surely, unit) {
  if (first === null) return 'none of these sizes is.';
  const from = `from ${count(first)} ${unit} on`;
  if (surely === first) return `${from}, with the whole interval.`;
  return surely === null
    ? `${from}, its interval reaches beyond.`
    : `${from}; with the whole interval from ${count(surely)} on.`;
}
