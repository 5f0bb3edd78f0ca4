// The map: loads the points of a prepared dataset, draws them, and says what was selected.
// props.value = { data, bundle, n_prototypes, selected }: the server says what to show, and reads
// `selected` (a prototype, or null) from it. For tests: window.explorerMap.

import { makeCamera } from './camera.js';
import { addPoint, eachInside, fetchCaptions, pointOf, pointsOf, sizeOf } from './rowset.js';
import { COLOURINGS, colouring } from './colouring.js';
import { css } from './colours.js';
import { watchGestures } from './gestures.js';
import { makeHover } from './hover.js';
import { showLegend } from './legend.js';
import { buildMap } from './mapdom.js';
import { makeMarks } from './marks.js';
import { address, ask, count, fixed, isDark, listen, say, watchTheme } from './page.js';
import { makePainter } from './paint.js';
import { middles, nearest, unpack } from './points.js';
import { ALIVE, watchPreparation } from './preparation.js';

const FADED_LEFT_OUT = 0.4; // share of their colour that points of no prototype keep
const GREY = { light: [168, 163, 154, 255], dark: [104, 100, 92, 255] };
const MARK_PX = 9;
const CLOSE_PX = 4; // a point this near wins over a mark
const REACH_PX = { mouse: 14, touch: 24 };

export function mount(element, props, trigger, watch) {
  const dom = buildMap(element.querySelector('.map-view'));
  const painter = makePainter(dom.canvas);
  const marks = makeMarks(dom.marks);
  const hover = makeHover(dom.frame);
  const camera = makeCamera(dom.frame);
  const state = {
    about: null, space: 'image', points: null, middle: null, selected: null, point: -1, coloured: null,
    first: null, set: null, lit: null, // where captions begin; rows that are selected; their points
    tool: 'move', path: null,
    awaited: null, working: '', // a space that was asked for, and what the program is doing for it
  };
  const loaded = new Map(); // "key/space" -> points
  let key = null; // of the map that is shown or being loaded
  let asked = 0;
  let frameAsked = 0;
  let isPlaced = false;

  // ---- drawing
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
    const { selected, points } = state;
    const size = pointSize(points.n) * Math.min(2.2, camera.closeness() ** 0.35);
    painter.draw({ width, height, dpr, size, selected, ...camera });
    const place = p => camera.toScreen(state.middle.x[p], state.middle.y[p]);
    const ring = state.point >= 0 ? placeOf(state.point) : null;
    const prototypes = state.about.prototypes;
    const colourOf = state.coloured.kind === 'each' ? p => css(state.colours, p) : null;
    marks.draw({ width, height, dpr, place, prototypes, selected, ring, colourOf, isLit: Boolean(state.lit), path: state.path });
    Object.assign(hook, { n: points.n, ready: state.about.key === key });
  }
  const redraw = () => (frameAsked ||= requestAnimationFrame(draw));
  const placeOf = i => camera.toScreen(state.points.x[i], state.points.y[i]);

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

  function explain() {
    const { points, selected, coloured, colours } = state;
    const isOwn = selected === null ? null : i => points.prototype[i] === selected;
    const isLit = state.lit ? i => state.lit[i] : isOwn;
    showLegend(dom.legend, coloured, colours, isDark() ? GREY.dark : GREY.light, isLit);
  }

  function reset() {
    if (!state.points || !dom.frame.clientWidth) return;
    isPlaced = true;
    camera.fit(state.points.box);
    redraw();
  }

  // ---- loading
  async function open(wanted) {
    const own = ++asked;
    key = wanted;
    loaded.clear();
    try {
      const about = await ask(`/prepared/${key}`);
      const space = about.spaces[state.space] ? state.space : 'image';
      const [points, first] = await Promise.all([fetchPoints(wanted, space), fetchCaptions(wanted)]);
      const coloured = await coloursOf(space, points, { key: wanted, nImages: about.n_images });
      if (own !== asked) return;
      Object.assign(state, { about, first, selected: null, point: -1, set: null });
      show(space, points, coloured);
      dom.frame.classList.remove('is-old');
      say('open', about);
    } catch (error) {
      if (own === asked) preparation.fail(error.message);
    }
  }

  /** Called with every look at the preparation: further maps come after the first. */
  async function follow({ key: of, spaces, status }) {
    state.working = ALIVE.includes(status?.state) ? status.text : '';
    if (spaces.length !== Object.keys(state.about.spaces).length) {
      const about = await ask(`/prepared/${of}`).catch(() => null);
      if (about?.key !== key) return;
      state.about = about;
    }
    describe();
    if (state.awaited && state.about.spaces[state.awaited]) turnTo(state.awaited);
    else if (!state.working) state.awaited = null;
  }

  async function layOut(space) {
    Object.assign(state, { awaited: space, working: 'Laying out this map' });
    describe();
    try {
      await ask(`/prepared/${key}/spaces`, undefined, { method: 'POST' });
      const { data, bundle, n_prototypes } = props.value;
      preparation.watch({ data, bundle, n_prototypes });
    } catch (error) {
      Object.assign(state, { awaited: null, working: '' });
      describe();
      dom.note.textContent = error.message;
    }
  }

  /** The colours that a space begins with: its own if it has some, else those of the last space. */
  const coloursOf = (space, points, where) => {
    const fits = COLOURINGS.filter(one => !one.space || one.space === space);
    const special = space === state.space ? undefined : fits.find(one => one.space);
    const last = fits.find(({ name }) => name === dom.colourBy.value) || fits[0];
    return colouring((special || last).name, points, { space, ...where });
  };

  async function fetchPoints(of, space) {
    const name = `${of}/${space}`;
    if (loaded.has(name)) return loaded.get(name);
    const answer = await fetch(address(`/prepared/${of}/points/${space}.bin`));
    if (!answer.ok) throw new Error(`The map could not be loaded (${answer.status}).`);
    loaded.set(name, unpack(await answer.arrayBuffer()));
    return loaded.get(name);
  }

  function show(space, points, coloured) {
    Object.assign(state, { space, points, coloured, middle: middles(points), point: -1 });
    isPlaced = false;
    hook.ready = false; // until it is drawn
    painter.upload(points);
    light();
    describe();
    recolour();
  }

  const goTo = space => hook.ready && (state.about.spaces[space] ? turnTo(space) : layOut(space));

  async function turnTo(space) {
    if (!hook.ready) return;
    const own = ++asked;
    const points = await fetchPoints(key, space).catch(() => null);
    const where = { key, nImages: state.about.n_images };
    const coloured = points && (await coloursOf(space, points, where).catch(() => null));
    if (!coloured || own !== asked) return;
    state.awaited = null;
    show(space, points, coloured);
    hover.hide();
  }

  async function colourBy(name) {
    const own = ++asked;
    const where = { key, space: state.space, nImages: state.about.n_images };
    const coloured = await colouring(name, state.points, where).catch(() => null);
    if (own !== asked) return;
    if (coloured) state.coloured = coloured;
    else dom.colourBy.value = state.coloured.name; // as it was; the page says that it lost the program
    recolour();
    dom.announced.textContent = `Coloured by ${state.coloured.title.toLowerCase()}`;
  }

  function describe() {
    const { about, points, space } = state;
    const left = points.start[1];
    const pairless = about.prototypes.filter(({ n_shared }) => !n_shared).length;
    dom.facts.textContent =
      `${named(points.n, about.n_images)[space]} · ${count(points.k)} prototypes` +
      (pairless ? `, ${count(pairless)} pairless (squares)` : '') +
      (left ? ` · ${count(left)} in no prototype` : '') +
      (space === 'both' ? ` · modality gap ${fixed(about.modality_gap)}` : '') +
      (painter.name === 'canvas2d' ? ' · drawn without WebGL' : '');
    dom.note.textContent = (state.awaited && state.working) || about.spaces[space]?.note || '';
    dom.advice.textContent = about.advice;
    dom.advice.hidden = !about.advice;
    for (const button of dom.spaces) {
      const name = button.dataset.space;
      button.setAttribute('aria-pressed', name === space);
      button.disabled = !about.spaces[name] && Boolean(state.working);
      button.title = about.spaces[name] ? '' : button.disabled ? 'Still being laid out' : 'Lays this map out first';
    }
    dom.colourBy.value = state.coloured.name;
    for (const option of dom.colourBy.options) {
      const only = COLOURINGS.find(({ name }) => name === option.value).space;
      option.hidden = option.disabled = Boolean(only) && only !== space;
    }
  }

  // ---- selecting
  function select(prototype, point) {
    Object.assign(state, { selected: prototype >= 0 ? prototype : null, point });
    redraw();
    explain();
    dom.clear.disabled = !state.set && state.selected === null && point < 0;
    props.value = { ...props.value, selected: state.selected };
    say('select', { key, space: state.space, prototype: state.selected, point });
    dom.announced.textContent = announcement();
  }

  // ---- rows: those that were enclosed, added one by one, or found by a search
  function light() {
    state.lit = state.set && pointsOf(state.set, state.first, state.space);
    painter.light(state.lit);
    dom.clear.disabled = !state.set && state.selected === null;
  }

  listen('rows', ({ key: of, set }) => {
    if (of !== key) return;
    state.set = set;
    light();
    explain();
    redraw();
    dom.announced.textContent = set ? `${count(sizeOf(set))} rows selected` : 'No rows selected';
  });

  function tellRows(set) {
    say('rows', { key, set: sizeOf(set) ? set : null, from: 'map' });
  }

  const begun = adds => (adds && state.set ? state.set.slice() : new Uint8Array(state.about.n_captions));

  function enclose(path, adds) {
    state.path = null;
    redraw();
    if (!hook.ready || path.length < 3) return;
    const set = begun(adds);
    eachInside(state.points, path.map(place => camera.toPlane(...place)), i => addPoint(set, state.first, state.space, i));
    tellRows(set);
  }

  function clear() {
    if (!hook.ready) return;
    state.path = null;
    if (state.set) say('rows', { key, set: null, from: 'map' });
    select(-1, -1);
  }

  function pickTool(name) {
    state.tool = name;
    for (const button of dom.tools) button.setAttribute('aria-pressed', button.dataset.tool === name);
    dom.frame.classList.toggle('is-drawing', name !== 'move');
  }

  listen('choose-row', ({ row }) => {
    if (!hook.ready) return;
    const point = pointOf(row, state.first, state.space);
    select(state.points.prototype[point], point);
    comeInto(state.points.x[point], state.points.y[point]);
  });

  function announcement() {
    if (state.selected !== null)
      return `Prototype ${state.selected + 1}: ${state.about.prototypes[state.selected].label}`;
    return state.point >= 0 ? 'A pair that was left out' : 'Nothing selected';
  }

  function hit(x, y, reach) {
    const [a, b] = camera.toPlane(x, y);
    const found = nearest(state.points, a, b, reach / camera.scale);
    const distance = found.index < 0 ? Infinity : found.distance * camera.scale;
    if (distance <= CLOSE_PX) return { point: found.index };
    const { x: mx, y: my } = state.middle;
    for (let p = 0; p < state.points.k; p++) {
      const [left, top] = camera.toScreen(mx[p], my[p]);
      if (Math.hypot(left - x, top - y) <= MARK_PX) return { mark: p };
    }
    return { point: found.index };
  }

  function click(x, y, { isTouch, adds, reach = isTouch ? REACH_PX.touch : REACH_PX.mouse }) {
    if (!hook.ready) return;
    const { mark, point } = hit(x, y, reach);
    if (adds && point >= 0) {
      const set = begun(true);
      addPoint(set, state.first, state.space, point);
      return tellRows(set);
    }
    if (mark !== undefined) return select(mark, -1);
    select(point < 0 ? -1 : state.points.prototype[point], point);
    if (isTouch && point >= 0) hover.show(key, state.space, point, [x, y]);
  }

  function over(x, y) {
    if (!hook.ready) return;
    const { mark = -1, point = -1 } = hit(x, y, REACH_PX.mouse);
    dom.frame.classList.toggle('is-over', point >= 0 || mark >= 0);
    if (point < 0) hover.hide();
    else hover.show(key, state.space, point, [x, y]);
  }

  listen('choose', ({ prototype }) => {
    if (!hook.ready) return;
    select(prototype, -1);
    comeInto(state.middle.x[prototype], state.middle.y[prototype]);
  });

  /** Moves the map if a place lies outside what is seen. */
  function comeInto(x, y) {
    const [left, top] = camera.toScreen(x, y);
    const { clientWidth, clientHeight } = dom.frame;
    const isSeen = left > 20 && top > 20 && left < clientWidth - 20 && top < clientHeight - 20;
    if (!isSeen && !Number.isNaN(x)) camera.centre = [x, y];
    redraw();
  }

  const zoom = (...how) => (camera.zoom(...how), hover.hide(), redraw());
  const zoomHere = factor => zoom(factor, dom.frame.clientWidth / 2, dom.frame.clientHeight / 2);
  watchGestures(dom.frame, {
    pan: (dx, dy) => (camera.pan(dx, dy), redraw()),
    zoom, reset, click, over,
    tool: () => state.tool,
    outline: path => ((state.path = path), redraw()),
    enclose, clear,
    leave: hover.hide,
  });
  dom.closer.onclick = () => zoomHere(1.4);
  dom.further.onclick = () => zoomHere(1 / 1.4);
  dom.reset.onclick = reset;
  dom.clear.onclick = clear;
  for (const button of dom.tools) button.onclick = () => pickTool(button.dataset.tool);
  for (const button of dom.spaces) button.onclick = () => goTo(button.dataset.space);
  dom.colourBy.onchange = () => hook.ready && colourBy(dom.colourBy.value);
  dom.canvas.addEventListener('webglcontextlost', () => {
    preparation.fail('The graphics context was lost. Reload the page.');
  });
  new ResizeObserver(redraw).observe(dom.frame);
  watchTheme(recolour);

  // ---- for tests, and the first map
  const hook = (window.explorerMap = {
    ready: false,
    n: 0,
    backend: painter.name,
    px(i) {
      const [x, y] = placeOf(i);
      const box = dom.frame.getBoundingClientRect();
      return [x + box.left + window.scrollX, y + box.top + window.scrollY];
    },
    colourOf: i => css(state.colours, state.coloured.classes[i]),
    prototypeOf: i => state.points.prototype[i],
    get rows() {
      return state.set ? sizeOf(state.set) : 0;
    },
    get selected() {
      return state.selected;
    },
  });
  const preparation = watchPreparation(dom.notice, trigger, answer => {
    if (answer.key !== key) open(answer.key);
    else if (state.about?.key === key) follow(answer);
  });
  let shown = '';
  const sync = () => {
    const { data, bundle, n_prototypes } = props.value || {};
    const wanted = JSON.stringify([data, bundle, n_prototypes]);
    if (!data || wanted === shown) return;
    if (shown) history.replaceState(null, '', `?${new URLSearchParams({ data, bundle, n_prototypes })}`);
    shown = wanted;
    key = null;
    hook.ready = false;
    dom.frame.classList.add('is-old');
    preparation.watch({ data, bundle, n_prototypes });
  };
  watch('value', sync);
  sync();
}

const named = (n, nImages) => ({
  image: `${count(n)} pictures`,
  caption: `${count(n)} captions`,
  both: `${count(nImages)} pictures, ${count(n - nImages)} captions`,
});
const pointSize = n => (n > 50000 ? 2.5 : n > 20000 ? 3 : n > 3000 ? 3.6 : n > 1000 ? 5 : 7);
