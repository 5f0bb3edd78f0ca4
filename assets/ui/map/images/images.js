// Points as images, where the map is close: which ones, drawn how, and what is under the pointer.

import { makeAtlas } from './atlas.js';
import { drawImages } from '../paint/images.js';
import { pickImages } from './picked.js';

const CLOSE = 2.4; // times the whole view, from where on points turn into images
const MOST_MOVING = 800; // so that the map keeps up
const REST_MS = 120; // without a move, until the others come, too
const MARK_PX = 9; // around a mark that stay free

/** `state` is the map's; redraw() draws anew, told(text) says how far the images are. */
export function makeImages(state, redraw, told) {
  const atlas = makeAtlas(() => (told(atlas.text), redraw()));
  const now = { key: null, drawn: [], side: 0, movesUntil: 0, rest: null };

  /** Whether the map shows images, or would as soon as they are there. */
  const isWanted = camera =>
    state.images && state.space !== 'caption' && camera.closeness() >= CLOSE;

  /** Draws them; at: { width, height, camera, marks, colourOf(point), ink, isBusy }. */
  function draw(context, at) {
    now.drawn = [];
    if (now.key !== state.about.key) atlas.open((now.key = state.about.key));
    if (!isWanted(at.camera) || at.isBusy) return;
    atlas.want();
    if (!atlas.isThere) return;
    const isLit = litIn(state);
    const most = performance.now() < now.movesUntil ? MOST_MOVING : Infinity;
    const picked = pickImages({ ...at, ...candidates(state, isLit), most, clear: MARK_PX });
    const images = picked.images.map(({ point }) => point);
    now.side = picked.side;
    now.drawn = drawImages(context, picked, {
      tileOf: atlas.tilesOf(images, picked.side),
      colourOf: at.colourOf,
      isLit,
      chosen: state.point,
      ink: at.ink,
    });
  }

  /** The map moves: fewer images, until it rests. */
  function move() {
    now.movesUntil = performance.now() + REST_MS;
    clearTimeout(now.rest);
    now.rest = setTimeout(() => now.drawn.length && redraw(), REST_MS);
  }

  /** The point whose image is at a place on the screen, or -1. */
  function pointAt(x, y) {
    const reach = now.side / 2;
    const isHere = ({ left, top }) => Math.abs(left - x) <= reach && Math.abs(top - y) <= reach;
    return now.drawn.find(isHere)?.point ?? -1;
  }

  return {
    draw,
    move,
    pointAt,
    has: point => now.drawn.some(one => one.point === point),
    get drawn() {
      return now.drawn;
    },
    get side() {
      return now.side;
    },
  };
}

/** What pickImages asks of the state. */
const candidates = (state, isLit) => ({
  points: state.points,
  n: state.about.n_images,
  ranks: i => (i === state.point ? 0 : !isLit || isLit(i) ? 1 : 2),
});

/** What stands out of the points: rows that are chosen, the points of a prototype, or null. */
function litIn({ lit, selected, points }) {
  if (lit) return i => lit[i];
  return selected === null ? null : i => points.prototype[i] === selected;
}
