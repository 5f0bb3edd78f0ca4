// The points of one space: as the server packs them, sorted by prototype, and found by place.

/** @typedef {ReturnType<typeof unpack>} Points */

/**
 * Reads what explorer/ui/payload.py packed: n and k (uint32), x[n], y[n] (float32) and
 * prototype[n] (int32, -1 where a point belongs to none), all little-endian.
 * @param {ArrayBuffer} buffer
 */
export function unpack(buffer) {
  const [n, k] = new Uint32Array(buffer, 0, 2);
  const x = new Float32Array(buffer, 8, n);
  const y = new Float32Array(buffer, 8 + 4 * n, n);
  const prototype = new Int32Array(buffer, 8 + 8 * n, n);
  const sorted = sortByPrototype(prototype, k);
  const box = extent(x, y);
  return { n, k, x, y, prototype, box, grid: makeGrid(x, y, box), ...sorted };
}

/** `order` lists points by prototype: those of none first, those of p from start[p + 1].
 * @param {Int32Array} prototype
 * @param {number} k
 */
function sortByPrototype(prototype, k) {
  const start = new Uint32Array(k + 2);
  for (const p of prototype) start[p + 2]++;
  for (let b = 1; b < k + 2; b++) start[b] += start[b - 1];
  const next = start.slice();
  const order = new Uint32Array(prototype.length);
  for (let i = 0; i < prototype.length; i++) order[next[prototype[i] + 1]++] = i;
  return { start, order };
}

/** Where the points lie; a few that are far out do not shrink the rest to a speck.
 * @param {Float32Array} x
 * @param {Float32Array} y
 * @returns {{ x: [number, number], y: [number, number] }}
 */
function extent(x, y) {
  return { x: span(x), y: span(y) };
}

/**
 * @param {Float32Array} values
 * @returns {[number, number]}
 */
function span(values) {
  if (!values.length) return [0, 1];
  const ranked = Float32Array.from(values).sort();
  /** @param {number} share */
  const at = share => ranked[Math.round(share * (ranked.length - 1))];
  const slack = 0.35 * (at(0.99) - at(0.01)) || 0.5;
  return [Math.max(at(0), at(0.01) - slack), Math.min(at(1), at(0.99) + slack)];
}

/** Cells of a square grid over the box; points outside it fall into the border cells.
 * @param {Float32Array} x
 * @param {Float32Array} y
 * @param {ReturnType<typeof extent>} box
 */
function makeGrid(x, y, box) {
  const side = Math.max(8, Math.min(512, Math.floor(Math.sqrt(x.length))));
  const dx = (box.x[1] - box.x[0]) / side || 1;
  const dy = (box.y[1] - box.y[0]) / side || 1;
  /** @param {number} value */
  const clamp = value => Math.max(0, Math.min(side - 1, Math.floor(value)));
  /**
   * @param {number} a
   * @param {number} b
   */
  const cellOf = (a, b) => clamp((b - box.y[0]) / dy) * side + clamp((a - box.x[0]) / dx);
  const start = new Uint32Array(side * side + 1);
  const cell = new Uint32Array(x.length);
  for (let i = 0; i < x.length; i++) {
    cell[i] = cellOf(x[i], y[i]);
    start[cell[i] + 1]++;
  }
  for (let c = 0; c < side * side; c++) start[c + 1] += start[c];
  const next = start.slice();
  const order = new Uint32Array(x.length);
  for (let i = 0; i < x.length; i++) order[next[cell[i]]++] = i;
  return { side, cellOf, start, order };
}

/** The point nearest to (a, b) and its distance; index -1 if none lies within `radius`.
 * @param {Points} points
 * @param {number} a
 * @param {number} b
 * @param {number} radius
 */
export function nearest(points, a, b, radius) {
  const { grid, x, y } = points;
  const low = grid.cellOf(a - radius, b - radius);
  const high = grid.cellOf(a + radius, b + radius);
  let index = -1;
  let best = radius * radius;
  for (let row = Math.floor(low / grid.side); row <= Math.floor(high / grid.side); row++) {
    const from = grid.start[row * grid.side + (low % grid.side)];
    const to = grid.start[row * grid.side + (high % grid.side) + 1];
    for (let at = from; at < to; at++) {
      const i = grid.order[at];
      const distance = (x[i] - a) ** 2 + (y[i] - b) ** 2;
      if (distance <= best) [best, index] = [distance, i];
    }
  }
  return { index, distance: Math.sqrt(best) };
}

/** The points of prototype p.
 * @param {Points} points
 * @param {number} p
 */
export const ownPoints = ({ order, start }, p) => order.subarray(start[p + 1], start[p + 2]);

/** At most `most` of the points of prototype p, evenly taken.
 * @param {Points} points
 * @param {number} p
 * @param {number} most
 */
export function someOf(points, p, most) {
  const own = ownPoints(points, p);
  const every = Math.ceil(own.length / most);
  return own.filter((_, at) => at % every === 0);
}

const CELLS = 40; // along the longer side of the map, in which points count as near each other

/** Where every prototype's points lie densest, as {x, y} float arrays of one of them each; NaN where
 * it has none.
 * @param {Points} points
 */
export function densest(points) {
  const { x, y, box } = points;
  const side = Math.max(box.x[1] - box.x[0], box.y[1] - box.y[0]) / CELLS || 1;
  const spots = { x: new Float32Array(points.k), y: new Float32Array(points.k) };
  for (let p = 0; p < points.k; p++) {
    const i = inTheThick(ownPoints(points, p), x, y, side);
    [spots.x[p], spots.y[p]] = i < 0 ? [NaN, NaN] : [x[i], y[i]];
  }
  return spots;
}

/** The point nearest to the mean of the three by three cells that hold most of `own`; -1 for none.
 * @param {Uint32Array} own
 * @param {Float32Array} x
 * @param {Float32Array} y
 * @param {number} side
 */
function inTheThick(own, x, y, side) {
  /** @type {Map<string, { n: number, x: number, y: number }>} */
  const sums = new Map();
  for (const i of own)
    for (let a = -1; a <= 1; a++)
      for (let b = -1; b <= 1; b++) {
        const name = `${Math.floor(x[i] / side) + a} ${Math.floor(y[i] / side) + b}`;
        const sum = sums.get(name) || { n: 0, x: 0, y: 0 };
        sums.set(name, sum);
        sum.n++;
        sum.x += x[i];
        sum.y += y[i];
      }
  let most = { n: 0, x: 0, y: 0 };
  for (const sum of sums.values()) if (sum.n > most.n) most = sum;
  let [best, least] = [-1, Infinity];
  for (const i of own) {
    const distance = (x[i] - most.x / most.n) ** 2 + (y[i] - most.y / most.n) ** 2;
    if (distance < least) [best, least] = [i, distance];
  }
  return best;
}
