// Draws the points: WebGL2, or a plain canvas where there is none. Both take the points sorted by
// prototype, so that a selection is a range of one buffer and lighting it up uploads nothing.
//   upload(points);
//   recolour({ classes, palette, grey, paper, leftOut }): the class of each point is its place in the
//     palette, -1 for grey; colours are bytes of red, green, blue, 255; leftOut is the share of their
//     colour that points of no prototype keep;
//   light(mask): those points stand out, one byte per point; null lights none;
//   draw({ width, height, dpr, scale, centre, size, selected, every, isBare }): of the points that do
//     not stand out only each `every`-th, or none;
//   finish(): waits until all is drawn.

import { plain } from './plain.js';
import { webgl } from './webgl.js';

const SHEER = 0.82; // so that dense places look denser
const FADED = 0.16; // share of its colour that a point keeps beside a selection
const FEW = 300;
export const SPARSEST = 31; // the largest `every`: WebGL reads points no farther apart than 255 bytes

export function makePainter(canvas) {
  const wanted = !/[?&]nogl\b/.test(location.search);
  const gl = wanted && canvas.getContext('webgl2', { antialias: false, depth: false });
  const painter = gl ? webgl(gl) : plain(canvas.getContext('2d', { willReadFrequently: true }));
  let [points, lit, leftOut] = [null, null, 1];
  return {
    ...painter,
    upload(given) {
      [points, lit] = [given, null];
      painter.upload(points);
    },
    recolour(how) {
      leftOut = how.leftOut;
      painter.recolour(how);
    },
    light(mask) {
      lit = mask && placesOf(points, mask);
      painter.light(lit);
    },
    draw: at =>
      painter.draw(
        at,
        layers(points, at, lit, leftOut).filter(layer => layer.isFront || !at.isBare),
      ),
  };
}

/** Places in the sorted points of those that a mask lights. */
function placesOf({ order, n }, mask) {
  const places = new Uint32Array(mask.reduce((sum, each) => sum + each, 0));
  for (let place = 0, found = 0; place < n; place++)
    if (mask[order[place]]) places[found++] = place;
  return places;
}

/**
 * What is drawn from the back to the front, and how it looks: each `every`-th of a range of the sorted
 * points, or the lit ones.
 */
function layers({ start, n }, { selected, every }, lit, leftOut) {
  const faded = { from: 0, to: n, every, opacity: 1, strength: FADED, bigger: 0.9 };
  const front = { isFront: true, every: 1, opacity: 1, strength: 1 };
  if (lit)
    return [
      faded,
      { ...front, from: 0, to: lit.length, isLit: true, bigger: lit.length < FEW ? 2 : 1.3 },
    ];
  if (selected !== null && selected + 2 < start.length)
    return [faded, { ...front, from: start[selected + 1], to: start[selected + 2], bigger: 1.35 }];
  return [
    { ...faded, to: start[1], strength: leftOut, bigger: leftOut < 1 ? 0.8 : 1 },
    { ...faded, from: start[1], opacity: SHEER, strength: 1, bigger: 1 },
  ];
}
