// Which points of a map turn into images: one per cell of a grid that is fixed to the map, so that
// moving changes none of them, and cells of a closer look divide those of a farther one, so that
// whoever was seen stays.

const SMALLEST_CELL = 30; // pixels; up to twice as many until the next closer look
const SHARE = 0.8; // of a cell that an image is wide
const GAP = 3; // pixels between images
const EDGE = 24; // pixels beyond the frame from where images still reach into it

/**
 * @typedef {{
 *   points: import('../points.js').Points,
 *   n: number,
 *   camera: { scale: number, centre: number[] },
 *   width: number,
 *   height: number,
 *   most: number,
 *   marks: [number, number][],
 *   clear: number,
 *   ranks: (i: number) => number,
 * }} At n: so many of the first points are images; marks: pixels that stay free as far as `clear`;
 *   ranks: 0 for points that come first, 1 for those after, and so on
 */

/**
 * Points that turn into images, with where they stand on the screen: { point, left, top } of centres.
 * @param {At} at
 */
export function pickImages(at) {
  const { scale } = at.camera;
  const cell = 2 ** Math.ceil(Math.log2(SMALLEST_CELL / scale));
  const side = Math.round(SHARE * cell * scale);
  const grid = gridOf(at, cell);
  fill(grid, at);
  const images = apart(grid, at, side + GAP);
  if (images.length > at.most) {
    images.sort((a, b) => (isBefore(a.point, b.point, at.ranks) ? -1 : 1));
    images.length = at.most;
  }
  return { side, images };
}

/** @typedef {{ cell: number, column: number, row: number, columns: number, rows: number, best: Int32Array }} Grid */

/** Cells over what is seen; `best` has a point or -1 for each.
 * @param {At} at
 * @param {number} cell
 * @returns {Grid}
 */
function gridOf({ camera: { scale, centre }, width, height }, cell) {
  const [across, down] = [(width / 2 + EDGE) / scale, (height / 2 + EDGE) / scale];
  const column = Math.floor((centre[0] - across) / cell);
  const row = Math.floor((centre[1] - down) / cell);
  const columns = Math.floor((centre[0] + across) / cell) - column + 1;
  const rows = Math.floor((centre[1] + down) / cell) - row + 1;
  return { cell, column, row, columns, rows, best: new Int32Array(columns * rows).fill(-1) };
}

/** Finds the first point of each cell.
 * @param {Grid} grid
 * @param {At} at
 */
function fill({ cell, column, row, columns, rows, best }, { points, n, ranks }) {
  const { x, y } = points;
  /** @param {number} i */
  const see = i => {
    if (i >= n) return;
    const [across, up] = [Math.floor(x[i] / cell) - column, Math.floor(y[i] / cell) - row];
    if (across < 0 || up < 0 || across >= columns || up >= rows) return;
    const place = up * columns + across;
    if (best[place] < 0 || isBefore(i, best[place], ranks)) best[place] = i;
  };
  eachNear(points, [column * cell, row * cell], [cell * columns, cell * rows], see);
}

/** Calls see(i) for the points of a rectangle, and for some around it.
 * @param {import('../points.js').Points} points
 * @param {number[]} from
 * @param {number[]} size
 * @param {(i: number) => void} see
 */
function eachNear({ grid }, [x, y], [width, height], see) {
  const [low, high] = [grid.cellOf(x, y), grid.cellOf(x + width, y + height)];
  for (let row = Math.floor(low / grid.side); row <= Math.floor(high / grid.side); row++) {
    const first = grid.start[row * grid.side + (low % grid.side)];
    const last = grid.start[row * grid.side + (high % grid.side) + 1];
    for (let at = first; at < last; at++) see(grid.order[at]);
  }
}

/** An order of all points that has nothing to do with where they lie.
 * @param {number} i
 */
const shuffled = i => Math.imul(i + 1, 2654435761) >>> 0;

/**
 * @param {number} i
 * @param {number} j
 * @param {(i: number) => number} ranks
 */
function isBefore(i, j, ranks) {
  const lead = ranks(i) - ranks(j);
  return lead < 0 || (lead === 0 && shuffled(i) < shuffled(j));
}

/** The found points that overlap neither each other nor a mark.
 * @param {Grid} grid
 * @param {At} at
 * @param {number} apart
 */
function apart({ columns, rows, best }, at, apart) {
  const { points, width, height, camera } = at;
  const taken = new Float32Array(2 * best.length).fill(NaN);
  const nearMark = marksNear(at.marks, apart / 2 + at.clear);
  const images = [];
  for (const place of inOrder(best, at.ranks)) {
    const point = best[place];
    const left = (points.x[point] - camera.centre[0]) * camera.scale + width / 2;
    const top = height / 2 - (points.y[point] - camera.centre[1]) * camera.scale;
    if (nearMark(left, top)) continue;
    const [across, up] = [place % columns, Math.floor(place / columns)];
    if (!isFree(taken, { columns, rows }, [across, up], [left, top], apart)) continue;
    taken.set([left, top], 2 * place);
    images.push({ point, left, top });
  }
  return images;
}

/** Cells that have a point, those first whose points come first.
 * @param {Int32Array} best
 * @param {(i: number) => number} ranks
 */
function inOrder(best, ranks) {
  const places = [];
  for (let place = 0; place < best.length; place++) if (best[place] >= 0) places.push(place);
  const rank = places.map(place => ranks(best[place]));
  if (rank.every(each => each === rank[0])) return places;
  return places
    .map((place, at) => ({ place, rank: rank[at] }))
    .sort((a, b) => a.rank - b.rank || a.place - b.place)
    .map(({ place }) => place);
}

/** Whether no image of the cells around is nearer than `apart`; images are less wide than cells.
 * @param {Float32Array} taken
 * @param {{ columns: number, rows: number }} grid
 * @param {number[]} cell
 * @param {number[]} spot
 * @param {number} apart
 */
function isFree(taken, { columns, rows }, [across, up], [left, top], apart) {
  for (let row = Math.max(0, up - 1); row <= Math.min(rows - 1, up + 1); row++)
    for (let at = Math.max(0, across - 1); at <= Math.min(columns - 1, across + 1); at++) {
      const other = 2 * (row * columns + at);
      if (Math.abs(taken[other] - left) < apart && Math.abs(taken[other + 1] - top) < apart)
        return false;
    }
  return true;
}

/** Returns isNear(left, top): whether a mark is nearer than `reach` along both axes.
 * @param {[number, number][]} marks
 * @param {number} reach
 */
function marksNear(marks, reach) {
  /** @type {Map<string, [number, number][]>} */
  const cells = new Map();
  for (const mark of marks) {
    const name = `${Math.floor(mark[0] / reach)} ${Math.floor(mark[1] / reach)}`;
    cells.set(name, [...(cells.get(name) || []), mark]);
  }
  return (/** @type {number} */ left, /** @type {number} */ top) => {
    const [column, row] = [Math.floor(left / reach), Math.floor(top / reach)];
    for (let a = column - 1; a <= column + 1; a++)
      for (let b = row - 1; b <= row + 1; b++)
        for (const [x, y] of cells.get(`${a} ${b}`) || [])
          if (Math.abs(x - left) < reach && Math.abs(y - top) < reach) return true;
    return false;
  };
}
