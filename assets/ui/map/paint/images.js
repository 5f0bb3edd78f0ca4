// Draws points as images, each with a rim in the point's colour.

import { css } from '../../common/colours.js';

const RIM = 1.5;
const CHOSEN_RIM = 3.5;
const FADED = 0.25; // of an image beside those that stand out

/**
 * Draws images, and returns those whose tiles are there.
 * `images` and `side` as pickImages gives them; tileOf(point) as an atlas gives it; isLit(point) is
 * null while nothing stands out; `chosen` is a point or -1.
 */
export function drawImages(context, { images, side }, { tileOf, colourOf, isLit, chosen, ink }) {
  const drawn = [];
  context.imageSmoothingQuality = 'low'; // others take several times as long
  for (const one of images) {
    const tile = tileOf(one.point);
    if (!tile) continue;
    const isChosen = one.point === chosen;
    const rim = isChosen ? CHOSEN_RIM : RIM;
    const [left, top] = [Math.round(one.left - side / 2), Math.round(one.top - side / 2)];
    context.globalAlpha = isLit && !isLit(one.point) && !isChosen ? FADED : 1;
    context.fillStyle = isChosen ? ink : colourOf(one.point);
    context.fillRect(left - rim, top - rim, side + 2 * rim, side + 2 * rim);
    context.drawImage(tile.page, tile.left, tile.top, tile.side, tile.side, left, top, side, side);
    drawn.push(one);
  }
  context.globalAlpha = 1;
  return drawn;
}

/** Colours of points as the canvas takes them, made once for each class. */
export function coloursOf(classes, palette, grey) {
  const known = new Map();
  return point => {
    const own = classes[point];
    if (!known.has(own)) known.set(own, own < 0 ? css(grey, 0) : css(palette, own));
    return known.get(own);
  };
}
