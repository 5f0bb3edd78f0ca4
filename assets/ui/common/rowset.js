// Sets of rows: a row is one caption with its image. A set is a byte per row, and what is lit on a
// map follows from it: an image is lit with any of its captions.

import { address } from './page.js';

/** Where the captions of each image begin, and how many there are: N + 1 numbers.
 * @param {string} key
 */
export async function fetchCaptions(key) {
  const answer = await fetch(address(`/prepared/${key}/captions.bin`));
  if (!answer.ok) throw new Error(`The captions could not be loaded (${answer.status}).`);
  return new Uint32Array(await answer.arrayBuffer());
}

/** Adds the rows at a point: of an image all, of a caption its own.
 * @param {Uint8Array} set
 * @param {Uint32Array} first
 * @param {string} space
 * @param {number} i
 */
export function addPoint(set, first, space, i) {
  const nImages = first.length - 1;
  if (space === 'caption') set[i] = 1;
  else if (i >= nImages) set[i - nImages] = 1;
  else set.fill(1, first[i], first[i + 1]);
}

/** A byte per point of a space: 1 where a row of the set stands.
 * @param {Uint8Array} set
 * @param {Uint32Array} first
 * @param {string} space
 */
export function pointsOf(set, first, space) {
  if (space === 'caption') return set;
  const nImages = first.length - 1;
  const lit = new Uint8Array(nImages + (space === 'both' ? set.length : 0));
  for (let i = 0; i < nImages; i++)
    for (let row = first[i]; row < first[i + 1] && !lit[i]; row++) lit[i] = set[row];
  if (space === 'both') lit.set(set, nImages);
  return lit;
}

/** The point of a row.
 * @param {number} row
 * @param {Uint32Array} first
 * @param {string} space
 */
export function pointOf(row, first, space) {
  if (space === 'caption') return row;
  if (space === 'both') return first.length - 1 + row;
  let [low, high] = [0, first.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (first[middle] <= row) low = middle;
    else high = middle;
  }
  return low;
}

/**
 * @param {Iterable<number>} rows
 * @param {number} size
 */
export function setOf(rows, size) {
  const set = new Uint8Array(size);
  for (const row of rows) set[row] = 1;
  return set;
}

/** @param {Uint8Array} set */
export function rowsOf(set) {
  const rows = new Int32Array(sizeOf(set));
  let at = 0;
  for (let row = 0; row < set.length; row++) if (set[row]) rows[at++] = row;
  return rows;
}

/** @param {Uint8Array} set */
export function sizeOf(set) {
  let size = 0;
  for (let row = 0; row < set.length; row++) size += set[row];
  return size;
}

/** Calls found(i) for every point inside a polygon, [[x, y], ...] in the plane (even-odd rule).
 * @param {{ n: number, x: Float32Array, y: Float32Array }} points
 * @param {number[][]} polygon
 * @param {(i: number) => void} found
 */
export function eachInside({ n, x, y }, polygon, found) {
  const [xs, ys] = [0, 1].map(axis => polygon.map(corner => corner[axis]));
  const [left, right, low, high] = [
    Math.min(...xs),
    Math.max(...xs),
    Math.min(...ys),
    Math.max(...ys),
  ];
  for (let i = 0; i < n; i++) {
    if (x[i] < left || x[i] > right || y[i] < low || y[i] > high) continue;
    let isInside = false;
    for (let a = 0, b = xs.length - 1; a < xs.length; b = a++) {
      if (ys[a] > y[i] === ys[b] > y[i]) continue;
      const across = ((xs[b] - xs[a]) * (y[i] - ys[a])) / (ys[b] - ys[a]) + xs[a];
      if (x[i] < across) isInside = !isInside;
    }
    if (isInside) found(i);
  }
}
