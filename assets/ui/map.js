// The map: loads the points of a prepared dataset, draws them, and says what was selected.
// props.value = { data, bundle, n_prototypes, selected }: the server says what to show, and reads
// `selected` (a prototype, or null) from it. For tests: window.explorerMap.

import { makeCamera } from './camera.js';
import { css } from './colours.js';
import { describe } from './describe.js';
import { watchGestures } from './gestures.js';
import { makeHover } from './hover.js';
import { showLegend } from './legend.js';
import { buildMap } from './mapdom.js';
import { makeMarks } from './marks.js';
import { ask, count, isDark, listen, say, watchTheme } from './page.js';
import { makePainter } from './paint.js';
import { middles, nearest } from './points.js';
import { ALIVE, watchPreparation } from './preparation.js';
import { fetchCaptions } from './rowset.js';
import { makeSelection } from './selection.js';
import { makeSpaces } from './spaces.js';

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
  const spaces = makeSpaces();
  const state = {
    about: null, space: 'image', points: null, middle: null, selected: null, point: -1, coloured: null,
    lit: null, tool: 'move', path: null, // points that are lit, what dragging does, an outline
    awaited: null, working: '', // a space that was asked for, and what the program is doing for it
  };
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
    const shown = { prototypes, selected, ring, colourOf, isLit: Boolean(state.lit), path: state.path };
    marks.draw({ width, height, dpr, place, ...shown });
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
    spaces.forget();
    try {
      const about = await ask(`/prepared/${key}`);
      const space = about.spaces[state.space] ? state.space : 'image';
      const first = await fetchCaptions(key);
      const shown = await spaces.load(about, space, { colours: dom.colourBy.value });
      if (own !== asked) return;
      Object.assign(state, { about, selected: null });
      selection.open(first);
      show(shown);
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
    tell();
    if (state.awaited && state.about.spaces[state.awaited]) turnTo(state.awaited);
    else if (!state.working) state.awaited = null;
  }

  async function layOut(space) {
    Object.assign(state, { awaited: space, working: 'Laying out this map' });
    tell();
    try {
      await ask(`/prepared/${key}/spaces`, undefined, { method: 'POST' });
      const { data, bundle, n_prototypes } = props.value;
      preparation.watch({ data, bundle, n_prototypes });
    } catch (error) {
      Object.assign(state, { awaited: null, working: '' });
      tell();
      dom.note.textContent = error.message;
    }
  }

  function show(shown) {
    Object.assign(state, shown, { middle: middles(shown.points), point: -1 });
    isPlaced = false;
    hook.ready = false; // until it is drawn
    painter.upload(state.points);
    light();
    tell();
    recolour();
  }

  const tell = () => describe(dom, state, painter.name);
  const goTo = space => hook.ready && (state.about.spaces[space] ? turnTo(space) : layOut(space));

  async function turnTo(space) {
    if (!hook.ready) return;
    const own = ++asked;
    const how = { colours: dom.colourBy.value, isNew: space !== state.space };
    const shown = await spaces.load(state.about, space, how).catch(() => null);
    if (!shown || own !== asked) return;
    state.awaited = null;
    show(shown);
    hover.hide();
  }

  async function colourBy(name) {
    const own = ++asked;
    const { coloured } = await spaces.load(state.about, state.space, { colours: name }).catch(() => ({}));
    if (own !== asked) return;
    if (coloured) state.coloured = coloured;
    else dom.colourBy.value = state.coloured.name; // as it was; the page says that it lost the program
    recolour();
    dom.announced.textContent = `Coloured by ${state.coloured.title.toLowerCase()}`;
  }

  // ---- selecting
  function select(prototype, point) {
    Object.assign(state, { selected: prototype >= 0 ? prototype : null, point });
    redraw();
    explain();
    allowClear();
    props.value = { ...props.value, selected: state.selected };
    say('select', { key, space: state.space, prototype: state.selected, point });
    dom.announced.textContent = announcement();
  }

  function light() {
    state.lit = selection.lit();
    painter.light(state.lit);
    allowClear();
  }

  const allowClear = () => (dom.clear.disabled = !state.lit && state.selected === null && state.point < 0);

  const selection = makeSelection(state, () => {
    light();
    explain();
    redraw();
    dom.announced.textContent = selection.size ? `${count(selection.size)} rows selected` : 'No rows selected';
  });

  function enclose(path, adds) {
    state.path = null;
    redraw();
    if (hook.ready && path.length > 2) selection.enclose(path.map(place => camera.toPlane(...place)), adds);
  }

  function clear() {
    if (!hook.ready) return;
    state.path = null;
    selection.clear();
    select(-1, -1);
  }

  function pickTool(name) {
    state.tool = name;
    for (const button of dom.tools) button.setAttribute('aria-pressed', button.dataset.tool === name);
    dom.frame.classList.toggle('is-drawing', name !== 'move');
  }

  listen('choose-row', ({ row }) => {
    if (!hook.ready) return;
    const point = selection.pointOf(row);
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
    if (adds && mark !== undefined) return selection.choose(found => ownPoints(mark).forEach(found), true);
    if (adds && point >= 0) return selection.choose(found => found(point), true);
    if (mark !== undefined) return select(mark, -1);
    select(point < 0 ? -1 : state.points.prototype[point], point);
    if (isTouch && point >= 0) hover.show(key, state.space, point, [x, y]);
  }

  const ownPoints = p => {
    const { order, start } = state.points;
    return order.subarray(start[p + 1], start[p + 2]);
  };

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
      return selection.size;
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

const pointSize = n => (n > 50000 ? 2.5 : n > 20000 ? 3 : n > 3000 ? 3.6 : n > 1000 ? 5 : 7);
