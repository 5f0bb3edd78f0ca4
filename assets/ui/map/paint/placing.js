// Where labels stand on the map: of regions first, then of prototypes; never over another label nor over
// what covers the map, and over no mark where that can be.

/** @typedef {[number, number, number, number]} Box left, top, right, bottom, in pixels */
/** @typedef {{ width: number, height: number }} Size */
/** @typedef {{ text: string, kind: string, box: Box, p: number }} Label */
/** @typedef {{ p: number, text: string, n_rows: number, spot: [number, number] }} Mark */
/** @typedef {{ name: string, spot: [number, number] }} Named */

const EDGE = 2;
const TRIED = 4; // times as many prototypes are tried as there is room for
const STEPS = [0, -1, 1, -2, 2, -3, 3]; // lines above and below its middle, where a region's name is tried
const ASIDE = [0, 0.6, -0.6]; // and of its own width beside it

/**
 * @param {{ width: number, height: number, covered: Box[], marks: Mark[], regions: Named[], kind: string,
 *   radius: number, room: number, selected: number | null, sizeOf: (text: string, kind: string) => Size,
 *   kept: Map<string, number> }} at `regions` the largest first, called as `kind`; `radius` of a mark;
 *   `room` for how many prototypes' names; `kept` holds where regions' names stood in the frame before,
 *   so that they stay there
 * @returns {Label[]}
 */
export function placeLabels(at) {
  const { marks, radius, room, selected, sizeOf } = at;
  const isInside = (/** @type {Box} */ box) =>
    box[0] >= EDGE && box[1] >= EDGE && box[2] <= at.width - EDGE && box[3] <= at.height - EDGE;
  const marked = marks.map(({ p, spot }) => ({ p, box: boxAround(spot, radius) }));
  /** @type {Label[]} */
  const placed = placeRegions(at, isInside, marked);
  const taken = [...at.covered, ...placed.map(({ box }) => box)];
  /** @param {Box} box @param {number} own */
  const isFree = (box, own) =>
    isInside(box) &&
    !taken.some(other => overlaps(box, other)) &&
    !marked.some(other => other.p !== own && overlaps(box, other.box));
  const bySize = [...marks].sort((a, b) => b.n_rows - a.n_rows).slice(0, TRIED * room);
  let left = room;
  for (const { p, text, spot } of bySize) {
    if (!left) break;
    const box = beside(spot, sizeOf(text, 'prototype'), radius).find(each => isFree(each, p));
    if (!box) continue;
    left--;
    taken.push(box);
    placed.push({ text, kind: 'prototype', box, p });
  }
  const chosen = marks.find(({ p }) => p === selected);
  if (!chosen || placed.some(({ p }) => p === selected)) return placed;
  return withChosen(placed, chosen, at, isInside);
}

/**
 * @param {Parameters<typeof placeLabels>[0]} at
 * @param {(box: Box) => boolean} isInside
 * @param {{ box: Box }[]} marked
 * @returns {Label[]}
 */
function placeRegions({ regions, kind, covered, sizeOf, kept }, isInside, marked) {
  /** @type {Label[]} */
  const placed = [];
  for (const { name, spot } of regions) {
    const size = sizeOf(name, kind);
    const places = placesOf(spot, size);
    const before = kept.get(name);
    const order = [...places.keys()];
    if (before !== undefined) order.unshift(before);
    const isFree = (/** @type {number} */ n) =>
      isInside(places[n]) &&
      !covered.some(other => overlaps(places[n], other)) &&
      !placed.some(other => overlaps(places[n], other.box));
    const free = order.filter(isFree);
    const found = free.find(n => !marked.some(other => overlaps(places[n], other.box))) ?? free[0];
    if (found === undefined) continue;
    kept.set(name, found);
    placed.push({ text: name, kind, box: places[found], p: -1 });
  }
  return placed;
}

/** The chosen prototype is named in any case: what stands there gives way.
 * @param {Label[]} placed
 * @param {Mark} chosen
 * @param {Parameters<typeof placeLabels>[0]} at
 * @param {(box: Box) => boolean} isInside
 */
function withChosen(placed, { p, text, spot }, { radius, sizeOf, covered }, isInside) {
  const places = beside(spot, sizeOf(text, 'prototype'), radius + 4).filter(isInside);
  const isOver = (/** @type {Box} */ box) =>
    placed.filter(other => overlaps(box, other.box)).length;
  const seen = places.filter(box => !covered.some(other => overlaps(box, other)));
  const [box] = seen.sort((a, b) => isOver(a) - isOver(b));
  if (!box) return placed;
  const label = { text, kind: 'prototype', box, p };
  return [...placed.filter(other => !overlaps(box, other.box)), label];
}

/** Around the middle of a region, the nearest first.
 * @param {[number, number]} spot @param {Size} size @returns {Box[]} */
function placesOf([x, y], { width, height }) {
  const offsets = ASIDE.flatMap(aside => STEPS.map(step => [aside * width, step * (height + 1)]));
  offsets.sort((a, b) => Math.hypot(...a) - Math.hypot(...b));
  return offsets.map(([across, down]) => {
    const [left, top] = [x + across - width / 2, y + down - height / 2];
    return [left, top, left + width, top + height];
  });
}

/** Above, below, at the right and at the left of a mark.
 * @param {[number, number]} spot
 * @param {Size} size
 * @param {number} radius
 * @returns {Box[]}
 */
function beside([x, y], { width, height }, radius) {
  const [gap, half] = [radius + 1, height / 2];
  const corners = [
    [x - width / 2, y - gap - height],
    [x - width / 2, y + gap],
    [x + gap, y - half],
    [x - gap - width, y - half],
  ];
  return corners.map(([left, top]) => [left, top, left + width, top + height]);
}

/** @param {[number, number]} spot @param {number} radius @returns {Box} */
const boxAround = ([x, y], radius) => [x - radius, y - radius, x + radius, y + radius];

/** @param {Box} a @param {Box} b */
export const overlaps = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
