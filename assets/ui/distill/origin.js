// What an image of a finished set comes from and is near to: its prototype, the nearest image of train
// and whether that is as near as copies are, and the way to both on the map.

import { count, fixed } from '../common/numbers.js';
import { address, ask, lastSaid, make, openTab, say, whenMade } from '../common/page.js';

/** @param {() => void} leaveFor is called when the map is shown instead. */
export function makeOrigin(leaveFor) {
  const element = make('div', { class: 'origin', 'aria-live': 'polite' });
  let asking = new AbortController();

  /** Tells of an image of a run, by the name of its file; of none where there is no run.
   * @param {string | null} run
   * @param {string} file
   */
  async function show(run, file) {
    leave();
    if (!run) return;
    const { signal } = asking;
    const path = `/runs/${run}/about-images`;
    try {
      await whenMade(signal, {
        look: () => ask(`${path}/${file}`, signal),
        tell: found => element.replaceChildren(...told(found, leaveFor)),
        isThere: found => Boolean(found.near || found.advice),
        begin: () => ask(path, signal, { method: 'POST' }),
      });
    } catch (error) {
      const { name, message } = /** @type {Error} */ (error);
      if (name !== 'AbortError') element.replaceChildren(make('p', { class: 'hint' }, message));
    }
  }

  function leave() {
    asking.abort();
    asking = new AbortController();
    element.replaceChildren();
  }

  return { element, show, leave };
}

/**
 * @param {Wire.SetImage} found
 * @param {() => void} leaveFor
 * @returns {Node[]}
 */
function told(found, leaveFor) {
  const { n_shared: n, advice, making, near, view } = found;
  const captions = `${count(n)} ${n === 1 ? 'caption' : 'captions'}`;
  const own = n ? make('p', { class: 'hint' }, `It stands for ${captions} of train.`) : null;
  const going = make('p', { class: 'hint' }, advice || making?.text || 'Looking for what is near');
  const rest = near && view ? ofTrain(near, view, found.number, leaveFor) : going;
  return [own, rest].filter(each => each !== null);
}

/**
 * @param {Wire.NearTrain} near
 * @param {Wire.MapOf} view
 * @param {number | null} number
 * @param {() => void} leaveFor
 */
function ofTrain(
  { image, row, caption, similarity, share, is_copy: isCopy },
  view,
  number,
  leaveFor,
) {
  const percent = fixed(100 * share, isCopy ? 1 : 0);
  const others = `${percent} % of the images of train have another one that is nearer`;
  return make(
    'figure',
    {},
    make('img', {
      src: address(`/prepared/${view.key}/images/${image}.webp`),
      alt: `The nearest image of train: ${caption}`,
    }),
    make(
      'figcaption',
      {},
      make('strong', {}, 'Nearest image of train'),
      make('p', {}, caption),
      make('p', { class: 'hint' }, `Cosine ${fixed(similarity)} by CLIP: ${others}.`),
      isCopy ? make('p', { class: 'hint' }, 'As near as copies are.') : null,
      wayTo(view, { image, row, number }, leaveFor),
    ),
  );
}

/** A link to the map, which turns to the tab where that map is open.
 * @param {Wire.MapOf} view
 * @param {{ image: number, row: number | null, number: number | null }} place
 * @param {() => void} leaveFor
 */
function wayTo({ key, ...map }, { image, row, number }, leaveFor) {
  const place = number === null ? { point: image } : { prototype: number + 1 };
  const asked = new URLSearchParams(
    Object.entries({ ...map, space: 'image', ...place }).map(([name, value]) => [name, `${value}`]),
  );
  const text = number === null ? 'Show it on the map' : `Prototype ${number + 1} on the map`;
  return make('a', { class: 'tool', href: `?${asked}`, onclick: go }, text);

  /** @param {Event} event */
  function go(event) {
    const about = /** @type {Wire.Prepared | undefined} */ (lastSaid('open'));
    if (about?.key !== key) return;
    event.preventDefault();
    leaveFor();
    openTab('Explore');
    const prototype = about.prototypes.findIndex(each => each.number === number);
    if (prototype >= 0) say('choose', { prototype });
    else if (row !== null) say('choose-row', { row, image });
  }
}
