// The edits of the prototypes that count: how many there are, which, and those that were undone. Any
// view may make one with edit() of editing.js.

import { count } from '../common/numbers.js';
import { lastSaid, listen, make } from '../common/page.js';
import { edit } from '../common/editing.js';

export function mount(element) {
  const view = element.querySelector('.edits-view');
  const step = (name, text, label) =>
    make(
      'button',
      {
        type: 'button',
        class: 'tool is-small',
        'aria-label': label,
        onclick: () => edit({ step: name }),
      },
      text,
    );
  const redo = step('redo', 'Redo', 'Make the edit again that was undone');
  const undoAll = step('undo all', 'Undo all', 'Undo all edits');
  const title = make('strong');
  const last = make('span');
  const log = make('ol', { class: 'edit-log' });
  const problem = make('p', { class: 'problem', role: 'alert', hidden: true });
  const section = make(
    'section',
    { 'aria-label': 'Edits of the prototypes', hidden: true },
    make('p', { role: 'status' }, title, last),
    log,
    make('div', { class: 'tools' }, redo, undoAll),
    problem,
  );
  view.append(section);

  function show({ edits, n_undone: nUndone }) {
    const n = edits.length;
    section.hidden = !n && !nUndone && problem.hidden;
    title.textContent = n ? `${count(n)} ${n === 1 ? 'edit' : 'edits'}` : 'No edits';
    last.textContent = n
      ? `, the last: ${edits[n - 1]}`
      : ': the prototypes are as they were found';
    log.replaceChildren(...edits.map(each => make('li', {}, each)));
    log.hidden = n < 2;
    undoAll.disabled = !n;
    redo.disabled = !nUndone;
  }

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
