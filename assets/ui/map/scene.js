// Draws what the map's state says: points, marks and legend, through the camera.

import { makeCamera } from './camera.js';
import { css } from '../common/colours.js';
import { makeDensity } from './paint/density.js';
import { coloursOf } from './paint/images.js';
import { makeImages } from './images/images.js';
import { makeOverlay } from './overlay.js';
import { showLegend } from './legend.js';
import { makeMarks } from './paint/marks.js';
import { isDark, watchTheme } from '../common/page.js';
import { makeNothing } from './nothing.js';
import { makePainter, SPARSEST } from './paint/painter.js';
import { someOf } from './points.js';
import { levelAt } from './regions.js';

const FADED_LEFT_OUT = 0.4; // share of their colour that points of no prototype keep
const GREY = { light: [168, 163, 154, 255], dark: [104, 100, 92, 255] };
const EDGE_PX = 20;
const LEGEND_WIDTH = 560; // pixels, at most
const [LEGEND_PX, LOW_LEGEND_PX] = [104, 86]; // its height with its margin
const ADVICE_GAP = 6; // pixels below the advice above it
const CLASSES_PX = 28; // more of it, where classes have a second line
const LOW = 560; // a map on which the legend is short
const RAYS = 400; // from the mark of a prototype to its points, of which more would be a blot
const FRAME_MS = 10; // that points may take while the map moves; marks and the browser need the rest
const MANY = 20_000; // fewer points are always drawn in full
const SHOW_WHOLE = 12_500; // so many points still show how all lie
const REST_MS = 200; // without a move, until all points are drawn: longer than between notches of a wheel
const LEGEND_MS = 80; // until the legend has counted what was chosen, which stands out before

/** `state` is the map's; drawn() is called after each drawing. */
export function makeScene(dom, state, drawn) {
  const points = makePoints(dom, state);
  const legend = makeLegend(dom, state);
  const marks = makeMarks(dom.marks);
  const camera = makeCamera(dom.frame);
  const redraw = () => (frameAsked ||= requestAnimationFrame(draw));
  const layers = makeLayers(dom, state, camera, redraw);
  const lookForNothing = makeNothing(dom, state, camera);
  let frameAsked = 0;
  let unplaced = null; // { view }: points that the camera is to show, all or where `view` looks

  function draw() {
    frameAsked = 0;
    if (!state.points || !dom.frame.clientWidth) return;
    if (unplaced) reset();
    drawAll(dom, state, { points, marks, camera, layers, placeOf });
    lookForNothing();
    drawn();
  }

  const placeOf = i => camera.toScreen(state.points.x[i], state.points.y[i]);

  /** Shows the state's points, all of them or where `view` looks. */
  const show = (view = null) => ((unplaced = { view }), points.upload());

  function recolour() {
    if (!state.coloured) return;
    points.recolour();
    legend.explain();
    redraw();
  }

  function reset() {
    if (!state.points || !dom.frame.clientWidth) return;
    camera.fit(state.points.box, coveredIn(dom, state.coloured));
    if (unplaced?.view) camera.lookAt(unplaced.view);
    unplaced = null;
    redraw();
  }

  watchFrame(dom, state, camera, redraw);
  watchTheme(dom.frame, recolour);
  return {
    backend: points.backend,
    camera,
    placeOf,
    redraw,
    labels: marks.labels,
    ...layers,
    move: () => (redraw(), points.move(redraw), layers.images.move()),
    show,
    light: points.light,
    recolour,
    explainSoon: legend.explainSoon,
    reset,
    comeInto: (x, y) => (comeInto(dom.frame, camera, x, y), redraw()),
  };
}

/** One frame: points, and over them what is between, marks and labels. */
function drawAll(dom, state, { points, marks, camera, layers, placeOf }) {
  const [width, height] = [dom.frame.clientWidth, dom.frame.clientHeight];
  const dpr = sharpen([dom.canvas, dom.marks], width, height);
  const at = { width, height, dpr, selected: state.selected };
  at.larger = larger(at);
  dom.canvas.classList.toggle('is-behind', layers.overlay.n > 0);
  dom.below.hidden = layers.overlay.n > 0; // the legend is of what stands behind now
  points.draw({ ...at, size: pointSize(state.points.n, camera) * at.larger, ...camera });
  marks.draw({
    ...at,
    ...markedIn(state, camera, placeOf, layers),
    ...named(dom, state, camera),
  });
}

/** What is drawn between points and marks: points as images, and items that are no points. */
function makeLayers(dom, state, camera, redraw) {
  const show = place => (place && comeInto(dom.frame, camera, ...place), redraw());
  return { images: makeImages(state, redraw, tellIn(dom)), overlay: makeOverlay(state, show) };
}

/** The points: all of them, or while the map moves as many as can be drawn in time. */
function makePoints(dom, state) {
  const painter = makePainter(dom.canvas);
  const drawDensity = makeDensity(dom.density);
  let every = 1; // while the map moves, only each so many-th point is drawn, so that it keeps up
  let movesUntil = 0;
  let rest = 0;

  function draw(at) {
    const isDense = state.coloured.kind === 'density';
    dom.density.hidden = !isDense;
    if (isDense) drawDensity({ ...at, points: state.points }, state.coloured.scale(isDark()));
    dom.density.classList.toggle('is-behind', Boolean(state.lit) || at.selected !== null);
    const begun = performance.now();
    const isMoving = begun < movesUntil;
    painter.draw({ ...at, every: isMoving ? every : 1, isBare: isDense });
    if (isMoving || isDense || state.points.n < MANY) return;
    painter.finish();
    const asked = Math.ceil((performance.now() - begun) / FRAME_MS);
    every = Math.min(asked, SPARSEST, Math.floor(state.points.n / SHOW_WHOLE));
  }

  /** Has the next drawings be only in part where one takes long; `redraw` when nothing moves more. */
  function move(redraw) {
    if (every === 1) return;
    movesUntil = performance.now() + REST_MS;
    clearTimeout(rest);
    rest = setTimeout(redraw, REST_MS);
  }

  function upload() {
    every = 1;
    painter.upload(state.points);
  }

  function recolour() {
    const { classes, kind } = state.coloured;
    const paper = getComputedStyle(dom.frame).backgroundColor.match(/\d+/g).map(Number);
    const leftOut = kind === 'each' ? FADED_LEFT_OUT : 1; // another colouring is about them, too
    state.colours = state.coloured.colours(isDark());
    painter.recolour({ classes, palette: state.colours, grey: grey(), paper, leftOut });
  }

  return {
    backend: painter.name,
    draw,
    move,
    upload,
    recolour,
    light: lit => painter.light(lit),
  };
}

/** What the legend says, at once or when the points were drawn. */
function makeLegend(dom, state) {
  let waiting = 0;

  function explain() {
    clearTimeout(waiting);
    const { points, selected, space, coloured, colours: bytes } = state;
    const isOwn = selected === null ? null : i => points.prototype[i] === selected;
    const isLit = state.lit ? i => state.lit[i] : isOwn;
    const drawn = { bytes, grey: grey(), space, isLit, pick: state.isolating };
    showLegend(dom.legend, coloured, drawn);
  }

  function explainSoon() {
    clearTimeout(waiting);
    waiting = setTimeout(explain, LEGEND_MS);
  }

  return { explain, explainSoon };
}

/** Has the camera keep up with the size of the frame. */
function watchFrame(dom, state, camera, redraw) {
  const refit = () => camera.refit(state.points.box, coveredIn(dom, state.coloured));
  new ResizeObserver(() => {
    if (dom.frame.clientWidth && state.points && state.isReady) refit();
    redraw();
  }).observe(dom.frame);
  new ResizeObserver(redraw).observe(dom.below); // labels stand beside it
}

/** How much of the frame the bar above and, where it is half as wide as the map, the legend below cover: a
 * legend beside which points could stand counts as usual, so that what it says moves no map, but for advice,
 * which is there as long as the data are. */
export function coveredIn({ frame, bar, below, advice }, coloured) {
  const above = bar.offsetTop + bar.offsetHeight;
  const { clientWidth: width, clientHeight: height } = frame;
  if (below.offsetWidth > 0.9 * width) return { above, below: height - below.offsetTop };
  const high = LEGEND_PX + (coloured?.kind === 'classes' ? CLASSES_PX : 0);
  const usual = height > LOW ? high : LOW_LEGEND_PX;
  const advised = advice.offsetHeight ? advice.offsetHeight + ADVICE_GAP : 0;
  return { above, below: width < 2 * LEGEND_WIDTH ? usual + advised : 0 };
}

/** The regions that are named at this closeness, and where no label may stand. */
function named(dom, { regions }, camera) {
  const level = levelAt(regions, camera.closeness());
  return { regions: { level, regions: regions[level] ?? NONE }, covered: boxesOver(dom.frame) };
}

const NONE = [];
const OVER = '.map-bar > *, .map-below, .search-line > *, .search-said, .hints, .chip, #inspector';

/** What covers the frame, in its pixels: no label is to stand there. */
function boxesOver(frame) {
  const own = frame.getBoundingClientRect();
  return [...document.querySelectorAll(OVER)]
    .map(each => each.getBoundingClientRect())
    .filter(
      ({ width, left, right, bottom }) =>
        width && left < own.right && right > own.left && bottom > own.top,
    )
    .map(({ left, top, right, bottom }) => [
      left - own.left,
      top - own.top,
      right - own.left,
      bottom - own.top,
    ]);
}

const grey = () => (isDark() ? GREY.dark : GREY.light);

/** Gives canvases as many pixels as the screen has; returns how many there are per CSS pixel. */
function sharpen(canvases, width, height) {
  const dpr = Math.min(window.devicePixelRatio || 1, 2);
  const [w, h] = [Math.round(width * dpr), Math.round(height * dpr)];
  for (const canvas of canvases)
    if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
  return dpr;
}

/** Returns told(text), which says below the map how far its images are. */
const tellIn = dom => text => {
  if (Boolean(text) === dom.making.hidden)
    dom.announced.textContent = text || 'The images are there.';
  dom.making.textContent = text;
  dom.making.hidden = !text;
};

/** What marks.js draws of the state; under(context, at) draws images below. */
function markedIn(state, camera, placeOf, { images, overlay }) {
  const { points, selected } = state;
  const { prototypes } = state.about;
  const place = p => camera.toScreen(state.spots.x[p], state.spots.y[p]);
  return {
    place,
    prototypes,
    under(context, at) {
      images.draw(context, {
        ...at,
        camera,
        isBusy: overlay.n > 0, // with what would not be seen beside images
        marks: prototypes.map((_, p) => place(p)),
        colourOf: coloursOf(state.coloured.classes, state.colours, grey()),
      });
      overlay.draw(context, { ...at, camera });
    },
    ringOf: () => (state.point >= 0 && !images.has(state.point) ? placeOf(state.point) : null),
    colourOf: state.coloured.kind === 'each' ? p => css(state.colours, p) : null,
    isLit: Boolean(state.lit) || overlay.n > 0,
    rays: selected === null ? [] : [...someOf(points, selected, RAYS)].map(placeOf),
    path: state.path,
  };
}

/** Moves the map if a place lies outside what is seen. */
function comeInto({ clientWidth, clientHeight }, camera, x, y) {
  const [left, top] = camera.toScreen(x, y);
  const isSeen =
    left > EDGE_PX && top > EDGE_PX && left < clientWidth - EDGE_PX && top < clientHeight - EDGE_PX;
  if (!isSeen && !Number.isNaN(x)) camera.centre = [x, y];
}

/** How much larger points and marks are on a large map. */
const larger = ({ width, height }) => Math.max(1, Math.min(1.4, Math.min(width, height) / 800));

/** Pixels that a point is wide: less where there are many, more where the map is close. */
function pointSize(n, camera) {
  const far = n > 50000 ? 2.5 : n > 20000 ? 3 : n > 3000 ? 4 : n > 1000 ? 5.5 : 8;
  return far * Math.min(2.2, camera.closeness() ** 0.35);
}
