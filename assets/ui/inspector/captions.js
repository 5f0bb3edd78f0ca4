// The captions nearest to a prototype, with the one that is stored; another can be chosen.

import { edit } from '../common/editing.js';
import { count, fixed } from '../common/numbers.js';
import { make } from '../common/page.js';

const SHOWN = 6;

/** `isLabelled` where captions are the names of classes. */
export function captionsOf({ number, nearest_captions: all }, isLabelled) {
  const title = isLabelled ? 'Nearest classes' : 'Nearest captions';
  const list = make('ol', { class: 'captions' });
  const more = make(
    'button',
    { type: 'button', class: 'tool is-small', onclick: () => fill(all) },
    `Show ${count(all.length - SHOWN)} more`,
  );
  const first = all.slice(0, SHOWN);
  const chosen = all.find(one => one.is_chosen);
  if (chosen && !first.includes(chosen)) first.push(chosen);

  function fill(shown) {
    list.replaceChildren(...shown.map(one => line(number, one)));
    more.hidden = shown.length >= all.length;
  }

  fill(first);
  return make(
    'section',
    { class: 'captions-section', 'aria-label': title },
    make('h3', {}, title, make('span', {}, 'similarity to the prototype')),
    list,
    more,
  );
}

function line(number, { row, text, similarity, is_chosen: isChosen }) {
  const choose = () => edit({ kind: 'caption', prototype: number, caption: row });
  return make(
    'li',
    { class: isChosen ? 'is-chosen' : null },
    make(
      'span',
      { class: 'text' },
      text,
      isChosen ? make('span', { class: 'badge' }, 'chosen') : null,
    ),
    isChosen
      ? null
      : make(
          'button',
          {
            type: 'button',
            class: 'tool is-small of-captions',
            onclick: choose,
            'aria-label': `Choose the caption: ${text}`,
          },
          'Choose',
        ),
    make('span', { class: 'figure' }, fixed(similarity)),
  );
}
