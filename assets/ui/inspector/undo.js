// Undo, beside Synthesize: always in sight, with how many edits there are to undo.

import { lastSaid, listen, make } from '../common/page.js';
import { edit } from './editing.js';

export function mount(element) {
  const many = make('span', { class: 'figure' });
  const undo = make(
    'button',
    {
      type: 'button',
      class: 'tool',
      'aria-label': 'Undo the last edit',
      onclick: () => edit({ step: 'undo' }),
    },
    'Undo',
    many,
  );
  let isGone = false; // what an edit was made with is not there any more, so the keyboard comes here
  element.querySelector('.undo-view').append(undo);

  function show({ edits }) {
    const n = edits.length;
    undo.disabled = !n;
    undo.title = n ? `Undo: ${edits[n - 1]}` : 'There is no edit to undo';
    many.textContent = n ? ` (${n})` : '';
    if (isGone && n) undo.focus({ preventScroll: true });
    isGone = false;
  }

  listen('edited', ({ prototype }) => (isGone = prototype === null));
  listen('open', show);
  show(lastSaid('open') || { edits: [] });
}
