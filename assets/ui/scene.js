// Draws what the map's state says: points, marks and legend, through the camera.

import { makeCamera } from './camera.js';
import { css } from './colours.js';
import { makeDensity } from './density.js';
import { showLegend } from './legend.js';
import { makeMarks } from './marks.js';
import { isDark, watchTheme } from './page.js';
import { makePainter, SPARSEST } from './paint.js';

const FADED_LEFT_OUT = 0.4; // share of their colour that points of no prototype keep
const GREY = { light: [168, 163, 154, 255], dark: [104, 100, 92, 255] };
const EDGE_PX = 20;
const FRAME_MS = 10; // that points may take while the map moves; marks and the browser need the rest
const MANY = 20_000; // fewer points are always drawn in full
const SHOW_WHOLE = 12_500; // so many points still show how all lie
const REST_MS = 200; // without a move, until all points are drawn: longer than between notches of a wheel
const LEGEND_MS = 80; // until the legend has counted what was chosen, which stands out before

/** `state` is the map's; drawn() is called after each drawing. */
export function makeScene(dom, state, drawn) {
  const painter = makePainter(dom.canvas);
  const drawDensity = makeDensity(dom.density);
  const marks = makeMarks(dom.marks);
  const camera = makeCamera(dom.frame);
  let frameAsked = 0;
  let isPlaced = false;
  let wanted = null; // where the camera is to look once the points are placed
  let every = 1; // while the map moves, only each so many-th point is drawn, so that it keeps up
  let movesUntil = 0;
  let rest = 0;
  let explaining = 0;

  function draw() {
    frameAsked = 0;
    const [width, height] = [dom.frame.clientWidth, dom.frame.clientHeight];
    if (!state.points || !width) return;
    if (!isPlaced) reset();
    const dpr = Math.min(window.devicePixelRatio || 1, 2);
    for (const canvas of [dom.canvas, dom.marks]) {
      const [w, h] = [Math.round(width * dpr), Math.round(height * dpr)];
      if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
    }
    const { selected, points, path } = state;
    const size = pointSize(points.n) * Math.min(2.2, camera.closeness() ** 0.35);
    drawPoints({ width, height, dpr, size, selected, ...camera });
    const place = p => camera.toScreen(state.middle.x[p], state.middle.y[p]);
    const ring = state.point >= 0 ? placeOf(state.point) : null;
    const colourOf = state.coloured.kind === 'each' ? p => css(state.colours, p) : null;
    const shown = { prototypes: state.about.prototypes, selected, ring, colourOf, isLit: Boolean(state.lit), path };
    marks.draw({ width, height, dpr, place, ...shown });
    drawn();
  }

  /** All points, or while the map moves as many as can be drawn in time. */
  function drawPoints(at) {
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

  /** Draws soon and, where it takes long, only in part; in full when nothing moves any more. */
  function move() {
    redraw();
    if (every === 1) return;
    movesUntil = performance.now() + REST_MS;
    clearTimeout(rest);
    rest = setTimeout(redraw, REST_MS);
  }

  const redraw = () => (frameAsked ||= requestAnimationFrame(draw));
  const placeOf = i => camera.toScreen(state.points.x[i], state.points.y[i]);

  /** Shows the state's points, all of them or where `view` looks. */
  function show(view = null) {
    [isPlaced, wanted, every] = [false, view, 1];
    painter.upload(state.points);
  }

  function recolour() {
    if (!state.coloured) return;
    const { classes, kind } = state.coloured;
    const grey = isDark() ? GREY.dark : GREY.light;
    const paper = getComputedStyle(dom.frame).backgroundColor.match(/\d+/g).map(Number);
    const leftOut = kind === 'each' ? FADED_LEFT_OUT : 1; // another colouring is about them, too
    state.colours = state.coloured.colours(isDark());
    painter.recolour({ classes, palette: state.colours, grey, paper, leftOut });
    explain();
    redraw();
  }

  function explainSoon() {
    clearTimeout(explaining);
    explaining = setTimeout(explain, LEGEND_MS);
  }

  function explain() {
    clearTimeout(explaining);
    const { points, selected, coloured, colours } = state;
    const isOwn = selected === null ? null : i => points.prototype[i] === selected;
    const isLit = state.lit ? i => state.lit[i] : isOwn;
    showLegend(dom.legend, coloured, colours, isDark() ? GREY.dark : GREY.light, isLit);
  }

  function reset() {
    if (!state.points || !dom.frame.clientWidth) return;
    isPlaced = true;
    camera.fit(state.points.box);
    if (wanted) camera.lookAt(wanted);
    wanted = null;
    redraw();
  }

  /** Moves the map if a place lies outside what is seen. */
  function comeInto(x, y) {
    const [left, top] = camera.toScreen(x, y);
    const { clientWidth, clientHeight } = dom.frame;
    const isSeen = left > EDGE_PX && top > EDGE_PX && left < clientWidth - EDGE_PX && top < clientHeight - EDGE_PX;
    if (!isSeen && !Number.isNaN(x)) camera.centre = [x, y];
    redraw();
  }

  new ResizeObserver(redraw).observe(dom.frame);
  watchTheme(recolour);
  const light = lit => painter.light(lit);
  return { backend: painter.name, camera, placeOf, redraw, move, show, light, recolour, explainSoon, reset, comeInto };
}

const pointSize = n => (n > 50000 ? 2.5 : n > 20000 ? 3 : n > 3000 ? 3.6 : n > 1000 ? 5 : 7);
