// Cells of the table of runs: a name that can be changed, a state, what a run cost, buttons.

import { duration } from '../common/numbers.js';
import { address, ask, make } from '../common/page.js';
import { badge, isGoing, nameOf, when } from '../common/run.js';

export function state(row) {
  const made = make('span', { title: row.ended });
  badge(made, row.state);
  return made;
}

/** Seconds that the run took, without waiting; null while it has no result. */
export function secondsOf({ result }) {
  return result?.timing ? Object.values(result.timing).reduce((sum, each) => sum + each, 0) : null;
}

export const spent = seconds => (seconds === null ? '–' : duration(seconds));

/** Most bytes of main memory that the run's process held; null where nobody counted. */
export const memoryOf = ({ result }) => result?.peak_memory ?? null;

/** A checkbox and a run's name and note, or when it started; the pencil turns them into fields. */
export function labelCell(row, choice, changed) {
  const { name, note } = row.label;
  const edit = make(
    'button',
    { type: 'button', class: 'edit', title: 'Name and note', 'aria-label': `Name ${nameOf(row)}` },
    '✎',
  );
  const texts = make(
    'div',
    { class: 'label-texts' },
    make('span', { title: name ? when(row.id) : null }, nameOf(row), ' ', edit),
    note && make('p', { class: 'hint', title: note }, note),
  );
  const cell = make('div', { class: 'label-cell' }, choice, texts);
  edit.onclick = () => editLabel(row, texts, changed);
  return cell;
}

/** Puts fields in the place of the texts: Enter or leaving keeps what was typed, Escape does not. */
function editLabel(row, texts, changed) {
  const field = (name, hint, most) =>
    make('input', {
      name,
      value: row.label[name],
      placeholder: hint,
      'aria-label': hint,
      maxlength: most,
      autocomplete: 'off',
    });
  const [name, note] = [field('name', 'Name', 80), field('note', 'Note', 1000)];
  const problem = make('p', { class: 'problem', role: 'alert', hidden: true });
  const form = make(
    'form',
    { class: 'label-form' },
    name,
    note,
    problem,
    make('button', { class: 'unseen', tabindex: -1 }, 'Keep'),
  );
  let isOver = false;

  async function keep() {
    if (isOver) return;
    isOver = true;
    const label = { name: name.value, note: note.value };
    try {
      if (label.name !== row.label.name || label.note !== row.label.note) {
        const headers = { 'Content-Type': 'application/json' };
        await ask(`/runs/${row.id}/label`, null, {
          method: 'PUT',
          headers,
          body: JSON.stringify(label),
        });
      }
      leave();
      changed();
    } catch (error) {
      isOver = false;
      problem.textContent = error.message;
      problem.hidden = false;
    }
  }

  function leave() {
    isOver = true;
    form.replaceWith(texts);
    texts.querySelector('.edit').focus();
  }

  form.addEventListener('submit', event => (event.preventDefault(), keep()));
  form.addEventListener(
    'keydown',
    event => event.key === 'Escape' && (event.stopPropagation(), leave()),
  );
  form.addEventListener('focusout', event => form.contains(event.relatedTarget) || keep());
  texts.replaceWith(form);
  name.focus();
  name.select();
}

/** A link to the distilled set as a zip file, once there is one. */
export function download({ id, result }) {
  if (!result?.out) return '';
  return make(
    'a',
    { class: 'tool is-small', href: address(`/runs/${id}/set.zip`), download: `${id}.zip` },
    'Download',
  );
}

/** A button that has to be pressed twice. */
export function removal(row, remove) {
  if (isGoing(row.state)) return '';
  const button = make('button', { type: 'button', class: 'tool is-small' }, 'Delete');
  button.onclick = () => {
    if (button.dataset.asked) {
      settle();
      return remove(row.id);
    }
    button.dataset.asked = 'yes';
    button.textContent = 'Really delete?';
  };
  const settle = () => {
    delete button.dataset.asked;
    button.textContent = 'Delete';
  };
  button.onblur = settle;
  return button;
}
