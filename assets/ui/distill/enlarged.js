// An image of a set as large as there is room for, with its words; arrows go on to the others.

import { make } from '../common/page.js';

const STEPS = { ArrowRight: 1, ArrowLeft: -1 };

/** Opens on a click on an image of `grid`, or on Enter there; `images` gives those that are there now.
 * @param {HTMLElement} grid
 * @param {() => HTMLImageElement[]} images
 */
export function enlargeIn(grid, images) {
  const image = make('img', { alt: '' });
  const words = make('p');
  const dialog = make(
    'dialog',
    { class: 'enlarged', 'aria-label': 'Image of the set' },
    image,
    words,
  );
  let at = 0;

  /** @param {number} i */
  function show(i) {
    const all = images();
    if (!all.length) return;
    at = (i + all.length) % all.length;
    image.src = all[at].src;
    words.textContent = all[at].title;
    if (!dialog.open) dialog.showModal();
  }

  grid.addEventListener('click', event => {
    const i = images().indexOf(/** @type {HTMLImageElement} */ (event.target));
    if (i >= 0) show(i);
  });
  grid.addEventListener('keydown', event => {
    if (event.key === 'Enter' && event.target === grid) show(0);
  });
  dialog.addEventListener('click', () => dialog.close());
  dialog.addEventListener('keydown', event => {
    const step = STEPS[/** @type {keyof typeof STEPS} */ (event.key)];
    if (step) show(at + step);
  });
  return dialog;
}
