// Published figures, beside results of the same protocol on the same data: a table of their own.

import { ask, make } from '../common/page.js';
import { makeTable } from '../common/table.js';

const MEASURES = ['IR@1', 'IR@10', 'TR@1', 'TR@10'];
const plain = (title, value, isNumber = false) => ({ title, value, text: value, isNumber });
const COLUMNS = [
  plain('Network', row => row.network),
  plain('Pairs', row => row.n_pairs, true),
  plain('Method', row => row.method),
  ...MEASURES.map(measure => ({
    title: measure,
    isNumber: true,
    value: row => row.recall[measure],
    text: row => row.recall[measure].toFixed(1),
  })),
];

export function makePublished() {
  const table = makeTable(COLUMNS, {
    label: 'Published figures',
    idOf: row => `${row.network} ${row.n_pairs} ${row.method}`,
  });
  const source = make('p', { class: 'hint' });
  const element = make(
    'section',
    { class: 'published', hidden: true },
    make('h3', {}, 'Published, not measured here'),
    source,
    table.element,
  );
  let known = 0;

  /** Looks for figures again when the number of finished runs is another. */
  async function load(finished) {
    if (finished === known) return;
    known = finished;
    const answer = await ask('/comparison/published').catch(() => null); // the table above needs none
    if (!answer) return;
    element.hidden = answer.rows.length === 0;
    source.textContent = `${answer.source}.`;
    table.show(answer.rows);
  }

  return { element, load };
}
