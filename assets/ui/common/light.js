// Lights the rows of matched clusters on the map, from whichever view asks.

import { ask, say } from './page.js';
import { setOf } from './rowset.js';

/** Lights the rows of an image cluster and a caption cluster on the map; `of` says who asks.
 * @param {Pick<Wire.Prepared, 'key' | 'n_captions'>} about
 * @param {number} k
 * @param {number} other
 * @param {string} of
 */
export async function lightShared({ key, n_captions }, k, other, of) {
  const rows = await ask(`/prepared/${key}/shared/${k}/${other}`);
  say('rows', { key, set: rows.length ? setOf(rows, n_captions) : null, from: of });
  return rows.length;
}
