// Asks for a referee of the sets of the runs that are ticked.

import { make } from '../common/page.js';

const MOMENT = 2000; // milliseconds

export function makeJudging(judge) {
  const random = make('input', { type: 'number', min: 1, max: 100, value: 3, required: true });
  const whole = make('input', { type: 'checkbox' });
  const button = make('button', { type: 'button', class: 'tool', onclick: ask });
  const element = make(
    'fieldset',
    { class: 'judging', hidden: true },
    make('legend', {}, 'Referee'),
    make(
      'p',
      { class: 'hint' },
      'Trains students on each set as it is kept and as people open it, and on random sets of its size; counts copies of train and of test.',
    ),
    make('label', {}, random, 'random sets of each size'),
    make('label', {}, whole, 'all of the data, too (slow)'),
    button,
  );
  let ids = [];

  function ask() {
    if (!random.reportValidity()) return;
    button.disabled = true; // pressed twice, it would judge twice
    setTimeout(() => (button.disabled = false), MOMENT);
    judge({ runs: ids, n_random: random.valueAsNumber, whole: whole.checked });
  }

  /** Takes the runs that are ticked; those without a set cannot be judged. */
  function show(runs) {
    ids = runs.filter(run => run.result?.out).map(({ id }) => id);
    element.hidden = ids.length === 0;
    button.textContent = ids.length === 1 ? 'Judge the set' : `Judge the ${ids.length} sets`;
  }

  return { element, show };
}
