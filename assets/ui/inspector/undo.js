// Undo, beside Synthesize: always in sight, with how many edits there are to undo.

import { lastSaid, listen, make } from '../common/page.js';
import { toast } from '../common/toast.js';
import { edit } from '../common/editing.js';

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
  let made = null; // the edit that the next map comes from
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

  listen('edited', edited => {
    made = edited;
    isGone = edited.prototype === null;
  });
  listen('open', about => {
    show(about);
    if (made) tell(made, about);
    made = null;
  });
  show(lastSaid('open') || { edits: [] });
}

/** Says what an edit did, and offers to undo it. */
function tell({ kind, given_up: givenUp }, { edits }) {
  if (STEPS[kind]) return toast(STEPS[kind]);
  const lost = givenUp.length
    ? ` Its kept image was generated from something else by now and is not kept any more.`
    : '';
  const last = edits[edits.length - 1];
  const undo = { label: 'Undo', does: () => edit({ step: 'undo' }) };
  toast(`Done: ${last}.${lost}`, undo);
}

const STEPS = {
  undo: 'The last edit is undone.',
  redo: 'The edit is made again.',
  'undo all': 'All edits are undone.',
};
