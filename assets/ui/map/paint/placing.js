// Where labels stand on the map: of regions first, then of prototypes; never over another label nor over
// what covers the map, over no mark where that can be, and beside what they name.

/** @typedef {[number, number, number, number]} Box left, top, right, bottom, in pixels */
/** @typedef {{ width: number, height: number }} Size */
/** @typedef {{ text: string, kind: string, box: Box, p: number }} Label */
/** @typedef {{ p: number, text: string, n_rows: number, spot: [number, number], isSaid?: boolean }} Mark `isSaid`
 * by the name of its region */
/** @typedef {{ name: string, spot: [number, number], members: Set<number> }} Named `members` by the `p` of their marks */

const EDGE = 2;
const TRIED = 4; // times as many prototypes are tried as there is room for
const STEPS = [0, -1, 1, -2, 2, -3, 3]; // lines above and below its middle, where a region's name is tried
const PLAIN = 0.5; // times as far as its own mark must any other be from the middle of a name
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
  const bySize = marks
    .filter(({ isSaid }) => !isSaid)
    .sort((a, b) => b.n_rows - a.n_rows)
    .slice(0, TRIED * room);
  let left = room;
  for (const mark of bySize) {
    const { p, text, spot } = mark;
    if (!left) break;
    const places = beside(spot, sizeOf(text, 'prototype'), radius);
    const box = places.find(each => isFree(each, p) && isPlain(each, mark, marks));
    if (!box) continue;
    left--;
    taken.push(box);
    placed.push({ text, kind: 'prototype', box, p });
  }
  const chosen = marks.find(({ p }) => p === selected);
  if (!chosen || placed.some(({ p }) => p === selected)) return placed;
  return withChosen(placed, chosen, at, isInside);
}

/** A name stands beside its own region's marks or over them, not where it would seem to be another's: nearer
 * to a mark of another region than to its own. One that finds no such place is left out.
 * @param {Parameters<typeof placeLabels>[0]} at
 * @param {(box: Box) => boolean} isInside
 * @param {{ p: number, box: Box }[]} marked
 */
function placeRegions({ regions, kind, covered, sizeOf, kept }, isInside, marked) {
  /** @type {Label[]} */
  const placed = [];
  for (const { name, spot, members } of regions) {
    const own = marked.filter(({ p }) => members.has(p)).map(({ box }) => box);
    const others = marked.filter(({ p }) => !members.has(p)).map(({ box }) => box);
    const places = placesOf(spot, sizeOf(name, kind), own);
    /** @param {Box} box */
    const isFree = box =>
      isInside(box) &&
      !covered.some(other => overlaps(box, other)) &&
      !placed.some(other => overlaps(box, other.box));
    const free = [...places.keys()].filter(n => isFree(places[n]));
    const worth = new Map(free.map(n => [n, clearness(places[n], own, others)]));
    const most = Math.max(...worth.values());
    if (!(most > 0)) continue;
    const best = free.filter(n => worth.get(n) === most);
    const before = kept.get(name);
    const found = before !== undefined && best.includes(before) ? before : best[0];
    kept.set(name, found);
    placed.push({ text: name, kind, box: places[found], p: -1 });
  }
  return placed;
}

/** How plain it is whose name stands in a box: 3 beside its own marks, 2 over them, 1 over more of them than
 * of others, else 0.
 * @param {Box} box @param {Box[]} own @param {Box[]} others */
function clearness(box, own, others) {
  const over = own.filter(each => overlaps(box, each)).length;
  const overOthers = others.filter(each => overlaps(box, each)).length;
  if (overOthers) return over > overOthers ? 1 : 0;
  if (over) return 2;
  return gapTo(box, own) < gapTo(box, others) ? 3 : 0;
}

/** Square of the pixels between a box and the nearest of others.
 * @param {Box} box @param {Box[]} others */
function gapTo(box, others) {
  let least = Infinity;
  for (const other of others) {
    const across = Math.max(0, other[0] - box[2], box[0] - other[2]);
    const down = Math.max(0, other[1] - box[3], box[1] - other[3]);
    least = Math.min(least, across * across + down * down);
  }
  return least;
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

/** Around the middle of a region, the nearest first, then around all of its marks.
 * @param {[number, number]} spot @param {Size} size @param {Box[]} own @returns {Box[]} */
function placesOf([x, y], { width, height }, own) {
  const offsets = ASIDE.flatMap(aside => STEPS.map(step => [aside * width, step * (height + 1)]));
  offsets.sort((a, b) => Math.hypot(...a) - Math.hypot(...b));
  const left = Math.min(x, ...own.map(box => box[0]));
  const right = Math.max(x, ...own.map(box => box[2]));
  const top = Math.min(y, ...own.map(box => box[1]));
  const bottom = Math.max(y, ...own.map(box => box[3]));
  const [acrossHalf, downHalf] = [width / 2 + 1, height / 2 + 1];
  const middles = [
    ...offsets.map(([across, down]) => [x + across, y + down]),
    [(left + right) / 2, top - downHalf],
    [(left + right) / 2, bottom + downHalf],
    [left - acrossHalf, (top + bottom) / 2],
    [right + acrossHalf, (top + bottom) / 2],
  ];
  return middles.map(([across, down]) => [
    across - width / 2,
    down - height / 2,
    across + width / 2,
    down + height / 2,
  ]);
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

/** Whether the middle of a box lies about as near to a mark as to any other, so that nobody takes its name
 * for theirs.
 * @param {Box} box @param {Mark} own @param {Mark[]} marks */
function isPlain([left, top, right, bottom], own, marks) {
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  const far = (/** @type {Mark} */ { spot }) => (spot[0] - x) ** 2 + (spot[1] - y) ** 2;
  return marks.every(other => other === own || far(other) > PLAIN * PLAIN * far(own));
}

/** @param {Box} a @param {Box} b */
export const overlaps = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
