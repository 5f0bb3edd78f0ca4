// Below the images that are drawn: how test fares at the selected prototype, why it was matched so, and
// what can be done to it: drop it, split it, merge another into it.

import { edit } from '../common/editing.js';
import { faredAt } from './fared.js';
import { fixed } from '../common/numbers.js';
import { lastSaid, listen, make } from '../common/page.js';
import { spreadOf } from './spread.js';

export function mount(element) {
  const view = element.querySelector('.changes-view');
  listen('card', ({ card }) => {
    const about = lastSaid('open');
    view.replaceChildren(
      ...(card ? [faredAt(about, card), spreadOf(about, card), changesOf(about, card)] : []),
    );
  });
}

/** `about` is the dataset's, `card` that of one prototype. */
function changesOf(about, { number, n_shared: nShared, alike }) {
  const tool = (text, meaning, does, disabled = false) =>
    make(
      'button',
      { type: 'button', class: 'tool', title: meaning, onclick: does, disabled },
      text,
    );
  const others = make(
    'select',
    { class: 'tool', 'aria-label': 'Prototype to merge into this one' },
    alike.map(([k, cosine]) =>
      make(
        'option',
        { value: about.prototypes[k].number },
        `${about.prototypes[k].number + 1} · ${about.prototypes[k].label} (${fixed(cosine)})`,
      ),
    ),
  );
  const isAlone = !alike.length;
  return make(
    'section',
    { class: 'changes', 'aria-label': 'Edit this prototype' },
    make('h3', {}, 'Edit'),
    make(
      'div',
      { class: 'tools' },
      tool(
        'Drop',
        'A set is made without it',
        () => edit({ kind: 'drop', prototype: number }),
        isAlone,
      ),
      tool(
        'Split',
        nShared < 2
          ? 'It is made of fewer than two rows'
          : 'Makes two of it, by 2-means of its rows',
        () => edit({ kind: 'split', prototype: number }),
        nShared < 2,
      ),
    ),
    isAlone
      ? null
      : make(
          'div',
          { class: 'merge' },
          tool('Merge with', 'Unites the clusters of both', () =>
            edit({ kind: 'merge', prototype: number, other: Number(others.value) }),
          ),
          others,
        ),
    make(
      'p',
      { class: 'hint' },
      'Edits are kept with the prepared data, go into the sets that Distill makes of it, and can be undone.',
    ),
  );
}
