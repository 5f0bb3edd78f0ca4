// One line of a ranked list: an image, a caption and a cosine; choosing it goes there on the map.

import { follow } from '../common/lines.js';
import { fixed } from '../common/numbers.js';
import { address, make, say } from '../common/page.js';

/** `chosen` is called before the map moves.
 * @param {string} key
 * @param {Wire.RowCard & { is_own?: boolean, is_image?: boolean }} found
 * @param {(found: Wire.RowCard) => void} [chosen]
 */
export function foundLine(key, found, chosen = () => {}) {
  const { row, image, caption, similarity, is_own: isOwn, is_image: isImage } = found;
  const go = () => {
    chosen(found);
    follow(line, row);
    say('choose-row', { row, image: isImage ? image : null });
  };
  const line = make(
    'li',
    {},
    make(
      'button',
      { type: 'button', class: 'found-row', onclick: go },
      make('img', {
        src: address(`/prepared/${key}/images/${image}.webp`),
        alt: '',
        loading: 'lazy',
        width: 44,
        height: 44,
      }),
      make(
        'span',
        { class: 'text' },
        caption,
        isOwn ? make('span', { class: 'badge' }, isImage ? 'its image' : 'same image') : null,
      ),
      make('span', { class: 'figure' }, fixed(similarity)),
    ),
  );
  return line;
}
