// How far a run is: its stages in order, a bar for the one it is in, and one line of text.

import { make } from './page.js';
import { isBad } from './run.js';

export function makeStages() {
  let stages = []; // [{ name, label }] as the run tells them
  let items = [];
  const list = make('ol');
  const fill = make('div', { class: 'bar-fill' });
  const bar = make(
    'div',
    {
      class: 'bar',
      role: 'progressbar',
      'aria-valuemin': 0,
      'aria-valuemax': 100,
      'aria-label': 'Progress of this stage',
    },
    fill,
  );
  const text = make('p', { class: 'stage-text' });
  const spoken = make('div', { class: 'unseen', role: 'status' });
  const element = make('div', { class: 'stages' }, list, bar, text, spoken);
  let last = '';

  function name(told) {
    if (JSON.stringify(told) === JSON.stringify(stages)) return;
    stages = told;
    items = stages.map(({ label }) => make('li', {}, label));
    list.replaceChildren(...items);
  }

  function update({ state, stage, share, text: line }, told) {
    name(told);
    const isDone = state === 'done';
    const at = isDone ? stages.length : stages.findIndex(each => each.name === stage);
    items.forEach((item, i) => {
      item.className = i < at ? 'is-done' : i === at ? 'is-now' : '';
      if (i === at) item.setAttribute('aria-current', 'step');
      else item.removeAttribute('aria-current');
    });
    const percent = Math.round(100 * (isDone ? 1 : share));
    fill.style.width = `${percent}%`;
    bar.setAttribute('aria-valuenow', percent);
    bar.dataset.state = state;
    text.textContent = line;
    text.classList.toggle('problem', isBad(state));
    const now = `${state} ${stage}`;
    if (now !== last) spoken.textContent = isDone ? 'Done' : `${stages[at]?.label ?? ''} ${line}`; // each step once
    last = now;
  }
  return { element, update };
}
