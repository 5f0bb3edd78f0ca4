// A set of rows as short text: lengths of runs in and out of it, seven bits to a byte, in the letters of
// base64 that an address takes.

const LETTERS = /^[A-Za-z0-9_-]*$/;

/** @param {Uint8Array} set a byte per row */
export function packRows(set) {
  /** @type {number[]} */
  const bytes = [];
  /** @param {number} value */
  const add = value => {
    for (; value > 127; value >>>= 7) bytes.push((value & 127) | 128);
    bytes.push(value);
  };
  add(set.length);
  let [run, isIn] = [0, 0];
  for (const each of set) {
    if (each !== isIn) {
      add(run);
      [run, isIn] = [0, each];
    }
    run++;
  }
  if (isIn) add(run);
  return btoa(bytes.map(byte => String.fromCharCode(byte)).join(''))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
}

/** The rows of such a text among `n`; null where it is of other data, or of nobody.
 * @param {string} text
 * @param {number} n
 * @returns {Uint8Array | null}
 */
export function unpackRows(text, n) {
  if (!text || !LETTERS.test(text) || text.length % 4 === 1) return null;
  const bytes = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  const [size, ...runs] = lengthsIn(bytes);
  if (size !== n) return null;
  const set = new Uint8Array(n);
  let at = 0;
  for (const [i, run] of runs.entries()) {
    if (i % 2) set.fill(1, at, at + run);
    at += run;
    if (at > n) return null;
  }
  return at ? set : null;
}

/** @param {string} bytes */
function lengthsIn(bytes) {
  const found = [];
  let [value, shift] = [0, 1];
  for (const letter of bytes) {
    const byte = letter.charCodeAt(0);
    value += (byte & 127) * shift;
    shift *= 128;
    if (byte & 128) continue;
    found.push(value);
    [value, shift] = [0, 1];
  }
  return found;
}
