// Cross-filters: one bit per filter in a mask per row, set where the row fails that filter.

const MOST = 31; // filters at once: bits of a number that stay above zero

/** @typedef {ReturnType<typeof makeMask>} Mask */

/** @param {number} n rows */
export function makeMask(n) {
  const failing = new Uint32Array(n);
  /** @type {Map<string, number>} */
  const bits = new Map();

  /** Has rows fail the filter `id` unless passes(row); null drops it.
   * @param {string} id
   * @param {((row: number) => boolean | number) | null} passes
   */
  function set(id, passes) {
    if (!passes && !bits.has(id)) return;
    const bit = bitOf(id);
    if (!passes) {
      for (let row = 0; row < n; row++) failing[row] &= ~bit;
      bits.delete(id);
    } else
      for (let row = 0; row < n; row++)
        passes(row) ? (failing[row] &= ~bit) : (failing[row] |= bit);
  }

  /** @param {string} id */
  function bitOf(id) {
    const known = bits.get(id);
    if (known) return known;
    const taken = new Set(bits.values());
    const free = Array.from({ length: MOST }, (_, at) => 2 ** at).find(bit => !taken.has(bit));
    if (!free) throw new Error(`At most ${MOST} filters work at once; drop one first.`);
    bits.set(id, free);
    return free;
  }

  /** How many rows each bin has of those that all filters but `id` leave; `cellOf` is the cell of each
   * row, null where cells are rows.
   * @param {string} id
   * @param {Pick<import('./bins.js').Bins, 'size' | 'cells' | 'starts'>} bins
   * @param {Int32Array | null} cellOf
   */
  function counts(id, { size, cells, starts }, cellOf) {
    const found = new Uint32Array(size + 1);
    const own = bits.get(id) || 0;
    for (let row = 0; row < n; row++) {
      if (failing[row] !== 0 && failing[row] !== own) continue;
      const cell = cellOf ? cellOf[row] : row;
      if (!starts) found[cells[cell]]++;
      else if (starts[cell] === starts[cell + 1]) found[size]++;
      else for (let at = starts[cell]; at < starts[cell + 1]; at++) found[cells[at]]++;
    }
    return found;
  }

  /** A byte per row, 1 for those that no filter drops; null where there is no filter. */
  function left() {
    if (!bits.size) return null;
    const rows = new Uint8Array(n);
    for (let row = 0; row < n; row++) rows[row] = failing[row] === 0 ? 1 : 0;
    return rows;
  }

  return { n, set, counts, left };
}

/** Whether the cell of a row has one of the bins that are allowed, by a byte each.
 * @param {Pick<import('./bins.js').Bins, 'cells' | 'starts'>} bins
 * @param {Int32Array | null} cellOf
 * @param {Uint8Array} allowed
 * @returns {(row: number) => boolean | number}
 */
export function inAllowed({ cells, starts }, cellOf, allowed) {
  if (!starts) return cellOf ? row => allowed[cells[cellOf[row]]] : row => allowed[cells[row]];
  const nothing = allowed[allowed.length - 1];
  return row => {
    const cell = cellOf ? cellOf[row] : row;
    if (starts[cell] === starts[cell + 1]) return nothing;
    for (let at = starts[cell]; at < starts[cell + 1]; at++) if (allowed[cells[at]]) return true;
    return false;
  };
}
