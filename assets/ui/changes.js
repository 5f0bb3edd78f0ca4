// What can be done to a prototype: drop it, split it, merge another into it, keep its picture.

import { edit } from './edits.js';
import { address, fixed, make } from './page.js';

/** `about` is the dataset's, `card` that of one prototype. */
export function changesOf(about, { number, n_shared: nShared, alike }) {
  const tool = (text, meaning, does, disabled = false) =>
    make('button', { type: 'button', class: 'tool', title: meaning, onclick: does, disabled }, text);
  const others = make('select', { class: 'tool', 'aria-label': 'Prototype to merge into this one' },
    alike.map(([k, cosine]) => make('option', { value: about.prototypes[k].number },
      `${about.prototypes[k].number + 1} · ${about.prototypes[k].label} (${fixed(cosine)})`)));
  const isAlone = !alike.length;
  return make('section', { class: 'changes', 'aria-label': 'Edit this prototype' },
    make('h3', {}, 'Edit'),
    make('div', { class: 'tools' },
      tool('Drop', 'A set is made without it', () => edit({ kind: 'drop', prototype: number }), isAlone),
      tool('Split', nShared < 2 ? 'It is made of fewer than two rows' : 'Makes two of it, by 2-means of its rows',
        () => edit({ kind: 'split', prototype: number }), nShared < 2)),
    isAlone ? null : make('div', { class: 'merge' },
      tool('Merge with', 'Unites the clusters of both', () => edit({ kind: 'merge', prototype: number, other: Number(others.value) })),
      others),
    make('p', { class: 'hint' }, 'Edits are kept with the prepared data, go into the sets that Distill makes of it, and can be undone.'));
}

/** The picture that a distilled set will hold, where a person kept one. */
export function keptPicture({ key }, { prototype, kept_picture: how }) {
  if (!how) return null;
  const settings = `Seed ${how.seed}, ${how.steps} steps, guidance ${how.guidance}, noise level ${how.noise_level}.`;
  const gone = make('p', { class: 'hint', hidden: true }, 'It is not at hand on this machine, and will be drawn again for the set.');
  const image = make('img', {
    src: address(`/prepared/${key}/prototypes/${prototype}/kept.png`), alt: 'The kept picture', width: 96, height: 96,
    onerror: () => ((image.hidden = true), (gone.hidden = false)),
  });
  return make('section', { class: 'kept', 'aria-label': 'Kept picture' }, image,
    make('div', {}, make('h3', {}, 'Kept for the set'), make('p', { class: 'hint' }, settings), gone));
}
