// What is chosen on the map: a place on the screen becomes a point, a mark, or nothing, and views
// are told with say('select', { key, space, prototype, point }).

import { makeHover } from './hover.js';
import { count } from '../common/numbers.js';
import { listen, say } from '../common/page.js';
import { makeIsolating } from './isolating.js';
import { nearest, ownPoints } from './points.js';
import { makeSelection } from './selection.js';

const MARK_PX = 9;
const CLOSE_PX = 4; // a point this near wins over a mark
const REACH_PX = { mouse: 14, touch: 24 };

/** `state` is the map's; selected(prototype or null) tells the server. */
export function makePicking(dom, state, scene, selected) {
  const hover = makeHover(dom.frame);
  const selection = makeSelection(state, {
    lit: () => (light(), scene.explainSoon(), scene.move()), // brushes go on; all points are drawn at rest
    selected: () => {
      const { size } = selection;
      choosing.allowClear(size);
      dom.announced.textContent = size ? `${count(size)} rows selected` : 'No rows selected';
    },
  });
  const choosing = makeChoosing(dom, state, scene, selected);
  const { select } = choosing;
  state.isolating = makeIsolating(state, selection.choose);

  function light() {
    state.lit = selection.lit();
    scene.light(state.lit);
  }

  function enclose(path, adds) {
    state.path = null;
    scene.redraw();
    const corners = path.map(place => scene.camera.toPlane(...place));
    if (state.isReady && path.length > 2) selection.enclose(corners, adds);
  }

  function clear() {
    if (!state.isReady) return;
    state.path = null;
    selection.clear();
    select(-1, -1);
  }

  listen('choose-row', ({ row, image = null }) => {
    if (!state.isReady) return;
    const isCaption = image === null || state.space === 'caption';
    choosing.goTo(isCaption ? selection.pointOf(row) : image, isCaption ? row : null);
  });

  return {
    open: selection.open,
    light,
    restore: choosing.restore,
    ...makePointing(dom, state, scene, { hover, selection, select }),
    enclose,
    clear,
    leave: hover.hide,
    get nRows() {
      return selection.size;
    },
  };
}

/** What a pointer does that clicks, or is over the map. */
function makePointing(dom, state, scene, { hover, selection, select }) {
  const at = (place, reach) => {
    const point = scene.images.pointAt(...place); // covers the points around it
    return point >= 0 ? { point } : hit(state, scene.camera, place, reach);
  };

  function click(x, y, { isTouch, adds, reach = isTouch ? REACH_PX.touch : REACH_PX.mouse }) {
    if (!state.isReady) return;
    const item = scene.overlay.itemAt(scene.camera, [x, y]);
    if (item >= 0 && !adds) return say('test-item-clicked', item);
    const { mark, point } = at([x, y], reach);
    if (adds && mark !== undefined)
      return selection.choose(found => ownPoints(state.points, mark).forEach(found), true);
    if (adds && point >= 0) return selection.choose(found => found(point), true);
    if (mark !== undefined) return select(mark, -1);
    select(point < 0 ? -1 : state.points.prototype[point], point);
  }

  function over(x, y) {
    if (!state.isReady) return;
    const { mark = -1, point = -1 } = at([x, y], REACH_PX.mouse);
    dom.frame.classList.toggle('is-over', point >= 0 || mark >= 0);
    if (point < 0) hover.hide();
    else hover.show(state.about.key, state.space, point, [x, y]);
  }

  return { click, over };
}

/** Which prototype and which point are chosen, -1 for none. */
function makeChoosing(dom, state, scene, selected) {
  let nRows = 0;
  const allowClear = (n = nRows) => {
    nRows = n;
    dom.clear.disabled = !n && state.selected === null && state.point < 0;
  };

  /** `row` is the caption that was chosen, of a point that has more. */
  function select(prototype, point, row = null) {
    Object.assign(state, { selected: prototype >= 0 ? prototype : null, point });
    scene.move(); // points fade at once; all of them are drawn when the views have their answers
    scene.explainSoon();
    allowClear();
    selected(state.selected);
    const { about, space, selected: chosen } = state;
    say('select', { key: about.key, space, prototype: chosen, point, row });
    dom.announced.textContent = announcement(state);
  }

  /** Chooses a point, else a prototype by its place or its number, as far as it is there; of both,
   * the point if it is the prototype's. */
  function restore({ prototype, number = null, point = null }) {
    const { n, k } = state.points;
    const found = prototype ?? state.about.prototypes.findIndex(one => one.number === number);
    const own = point >= 0 && point < n ? state.points.prototype[point] : null;
    if (point !== null && own !== null && (prototype === undefined || prototype === own))
      select(own, point);
    else if (found >= 0 && found < k) select(found, -1);
    else allowClear();
  }

  function goTo(point, row) {
    select(state.points.prototype[point], point, row);
    scene.comeInto(state.points.x[point], state.points.y[point]);
  }

  listen('choose', ({ prototype }) => {
    if (!state.isReady) return;
    select(prototype, -1);
    scene.comeInto(state.spots.x[prototype], state.spots.y[prototype]);
  });
  return { allowClear, select, restore, goTo };
}

function announcement({ about, selected, point }) {
  const prototype = about.prototypes[selected];
  if (prototype) return `Prototype ${prototype.number + 1}: ${prototype.label}`;
  return point >= 0 ? 'A pair in no prototype' : 'Nothing selected';
}

/** What is at a place on the screen: { point }, -1 for none, or { mark } of a prototype. */
function hit({ points, spots }, camera, [x, y], reach) {
  const [a, b] = camera.toPlane(x, y);
  const found = nearest(points, a, b, reach / camera.scale);
  const distance = found.index < 0 ? Infinity : found.distance * camera.scale;
  if (distance <= CLOSE_PX) return { point: found.index };
  for (let p = 0; p < points.k; p++) {
    const [left, top] = camera.toScreen(spots.x[p], spots.y[p]);
    if (Math.hypot(left - x, top - y) <= MARK_PX) return { mark: p };
  }
  return { point: found.index };
}
