// Which of the settings that a sweep varied matters: what each value brings over the first.

import { make } from '../common/page.js';
import { headline, withInterval } from '../common/scores.js';
import { makeTable } from '../common/table.js';

/** @param {Wire.About} about */
export function makeMatters(about) {
  const { label } = headline(about);
  const table = makeTable(
    [
      { title: 'Network', value: row => row.network, text: row => row.network, isGroup: true },
      { title: 'Method', value: row => row.method, text: row => row.method },
      { title: 'Setting', value: row => row.setting, text: row => row.setting },
      { title: 'From', text: row => row.first },
      { title: 'To', text: row => row.value },
      {
        title: `${label}, gained`,
        isNumber: true,
        sorts: 'falling',
        value: row => Math.abs(row.gain[0]),
        text: row => signed(row.gain),
      },
      { title: 'Sets', isNumber: true, value: row => row.n_sets, text: row => row.n_sets },
    ],
    {
      label: 'Which settings matter',
      idOf: ({ network, method, setting, value }) => `${network} ${method} ${setting} ${value}`,
    },
  );
  const hint =
    'Sets are compared that differ in this setting alone, averaged over sizes and other settings; ± half of the 95 % interval over sets.';
  const element = make(
    'section',
    { class: 'compared', hidden: true },
    make('h3', {}, 'Which settings matter'),
    table.element,
    make('p', { class: 'hint' }, hint),
  );

  /** @param {Wire.Effect[]} effects */
  function show(effects) {
    element.hidden = effects.length === 0;
    table.show(effects);
  }

  return { element, show };
}

/** A difference with its sign, which tells more than its size.
 * @param {(number | null)[]} gain
 */
export const signed = gain => ((gain[0] ?? 0) > 0 ? '+' : '') + withInterval(gain);
