// Edits of the prototypes. Any view may make one with edit(); here stands how many there are, and they
// are undone. Each leads to another map: say('edited', { key, prototype to select or null, kind }).

import { count } from '../common/numbers.js';
import { ask, lastSaid, listen, make, say } from '../common/page.js';

let isBusy = false; // until the map that an edit leads to is there
let selected = null; // a prototype of that map
listen('open', () => ([isBusy, selected] = [false, null]));
listen('select', ({ prototype }) => (selected = prototype));

/** Makes an edit, { kind, prototype: its number, ... }, or a step, { step: undo | redo | undo all }. */
export async function edit(asked) {
  const about = lastSaid('open');
  if (isBusy || !about) return;
  isBusy = true;
  say('editing', { text: 'Editing …' });
  const body = JSON.stringify({
    ...asked,
    selected: selected === null ? null : about.prototypes[selected].number,
  });
  try {
    const options = { method: 'POST', body, headers: { 'Content-Type': 'application/json' } };
    const answer = await ask(`/prepared/${about.key}/edits`, undefined, options);
    say('edited', { ...answer, kind: asked.kind || asked.step });
  } catch (error) {
    isBusy = false;
    say('editing', { problem: error.message });
  }
}

export function mount(element) {
  const view = element.querySelector('.edits-view');
  const step = (name, text, label) =>
    make(
      'button',
      { type: 'button', class: 'tool', 'aria-label': label, onclick: () => edit({ step: name }) },
      text,
    );
  const [undo, redo, undoAll] = [
    step('undo', 'Undo', 'Undo the last edit'),
    step('redo', 'Redo', 'Make the edit again that was undone'),
    step('undo all', 'Undo all', 'Undo all edits'),
  ];
  const title = make('strong');
  const last = make('span');
  const problem = make('p', { class: 'problem', role: 'alert', hidden: true });
  const section = make(
    'section',
    { 'aria-label': 'Edits of the prototypes', hidden: true },
    make('p', { role: 'status' }, title, last),
    make('div', { class: 'tools' }, undo, redo, undoAll),
    problem,
  );
  view.append(section);
  let isGone = false; // what an edit was made with is not there any more, so the keyboard comes here

  function show({ edits, n_undone: nUndone }) {
    const n = edits.length;
    section.hidden = !n && !nUndone && problem.hidden;
    title.textContent = n ? `${count(n)} ${n === 1 ? 'edit' : 'edits'}` : 'No edits';
    last.textContent = n
      ? `, the last: ${edits[n - 1]}`
      : ': the prototypes are as they were found';
    section.title = edits.map((each, at) => `${at + 1}. ${each}`).join('\n');
    const isHere = section.contains(document.activeElement);
    undo.disabled = undoAll.disabled = !n;
    redo.disabled = !nUndone;
    if (isGone || (isHere && document.activeElement.disabled))
      [undo, redo].find(each => !each.disabled)?.focus({ preventScroll: true });
    isGone = false;
  }

  listen('edited', ({ prototype }) => (isGone = prototype === null));
  listen('open', about => {
    problem.hidden = true;
    show(about);
  });
  listen('editing', ({ text = '', problem: message = '' }) => {
    problem.textContent = message;
    problem.hidden = !message;
    if (lastSaid('open')) show(lastSaid('open'));
    if (text) last.textContent += ` · ${text}`;
  });
  if (lastSaid('open')) show(lastSaid('open'));
}
