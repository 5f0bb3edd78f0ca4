// An image of a set as large as there is room for, with its words and where it comes from; arrows go
// on to the others.

import { make } from '../common/page.js';
import { makeOrigin } from './origin.js';

const STEPS = { ArrowRight: 1, ArrowLeft: -1 };

/** Opens on a click on an image of `grid`, or on Enter there; `images` gives those that are there now.
 * Returns { element, of(run) }: the finished run that they are of, null for none.
 * @param {HTMLElement} grid
 * @param {() => HTMLImageElement[]} images
 */
export function enlargeIn(grid, images) {
  const image = make('img', { alt: '' });
  const words = make('p');
  const arrows = make(
    'div',
    { class: 'tools' },
    arrow('‹', 'The image before', -1),
    arrow('›', 'The next image', 1),
  );
  const origin = makeOrigin(() => dialog.close());
  const dialog = make(
    'dialog',
    { class: 'enlarged', 'aria-label': 'Image of the set' },
    image,
    make('div', { class: 'enlarged-words' }, words, arrows),
    origin.element,
  );
  let at = 0;
  let run = /** @type {string | null} */ (null);

  /** @param {string} sign @param {string} label @param {number} step */
  function arrow(sign, label, step) {
    const does = { 'aria-label': label, title: label, onclick: () => show(at + step) };
    return make('button', { type: 'button', class: 'tool is-small', ...does }, sign);
  }

  /** @param {number} i */
  function show(i) {
    const all = images();
    if (!all.length) return;
    at = (i + all.length) % all.length;
    image.src = all[at].src;
    words.textContent = all[at].title;
    if (!dialog.open) dialog.showModal();
    const isOfSet = run && all[at].src.includes(`/runs/${run}/images/`); // not of an earlier moment
    origin.show(isOfSet ? run : null, all[at].dataset.file ?? '');
  }

  grid.addEventListener('click', event => {
    const i = images().indexOf(/** @type {HTMLImageElement} */ (event.target));
    if (i >= 0) show(i);
  });
  grid.addEventListener('keydown', event => {
    if (event.key === 'Enter' && event.target === grid) show(0);
  });
  dialog.addEventListener('click', ({ target }) => {
    const isAct = [origin.element, arrows].some(each =>
      each.contains(/** @type {Node} */ (target)),
    );
    if (!isAct) dialog.close();
  });
  dialog.addEventListener('close', origin.leave);
  dialog.addEventListener('keydown', event => {
    const step = STEPS[/** @type {keyof typeof STEPS} */ (event.key)];
    if (step) show(at + step);
  });
  return { element: dialog, of: (/** @type {string | null} */ id) => (run = id) };
}
