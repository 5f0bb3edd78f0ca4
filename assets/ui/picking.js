// What is chosen on the map: a place on the screen becomes a point, a mark, or nothing, and views
// are told with say('select', { key, space, prototype, point }).

import { makeHover } from './hover.js';
import { count, listen, say } from './page.js';
import { nearest, ownPoints } from './points.js';
import { makeSelection } from './selection.js';

const MARK_PX = 9;
const CLOSE_PX = 4; // a point this near wins over a mark
const REACH_PX = { mouse: 14, touch: 24 };

/** `state` is the map's; selected(prototype or null) tells the server. */
export function makePicking(dom, state, scene, selected) {
  const { camera } = scene;
  const hover = makeHover(dom.frame);
  const selection = makeSelection(state, () => {
    light();
    scene.explainSoon();
    scene.redraw();
    dom.announced.textContent = selection.size ? `${count(selection.size)} rows selected` : 'No rows selected';
  });

  function light() {
    state.lit = selection.lit();
    scene.light(state.lit);
    allowClear();
  }

  const allowClear = () => (dom.clear.disabled = !state.lit && state.selected === null && state.point < 0);

  function select(prototype, point) {
    Object.assign(state, { selected: prototype >= 0 ? prototype : null, point });
    scene.move(); // points fade at once; all of them are drawn when the views have their answers
    scene.explainSoon();
    allowClear();
    selected(state.selected);
    say('select', { key: state.about.key, space: state.space, prototype: state.selected, point });
    dom.announced.textContent = announcement();
  }

  /** Chooses a point, else a prototype by its place or its number, as far as it is there. */
  function restore({ prototype = null, number = null, point = null }) {
    const { n, k } = state.points;
    const found = prototype ?? state.about.prototypes.findIndex(one => one.number === number);
    if (point !== null && point < n) select(state.points.prototype[point], point);
    else if (found >= 0 && found < k) select(found, -1);
  }

  function announcement() {
    const prototype = state.about.prototypes[state.selected];
    if (prototype) return `Prototype ${prototype.number + 1}: ${prototype.label}`;
    return state.point >= 0 ? 'A pair that was left out' : 'Nothing selected';
  }

  function enclose(path, adds) {
    state.path = null;
    scene.redraw();
    if (state.isReady && path.length > 2) selection.enclose(path.map(place => camera.toPlane(...place)), adds);
  }

  function clear() {
    if (!state.isReady) return;
    state.path = null;
    selection.clear();
    select(-1, -1);
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
    if (!state.isReady) return;
    const { mark, point } = hit(x, y, reach);
    if (adds && mark !== undefined)
      return selection.choose(found => ownPoints(state.points, mark).forEach(found), true);
    if (adds && point >= 0) return selection.choose(found => found(point), true);
    if (mark !== undefined) return select(mark, -1);
    select(point < 0 ? -1 : state.points.prototype[point], point);
    if (isTouch && point >= 0) hover.show(state.about.key, state.space, point, [x, y]);
  }

  function over(x, y) {
    if (!state.isReady) return;
    const { mark = -1, point = -1 } = hit(x, y, REACH_PX.mouse);
    dom.frame.classList.toggle('is-over', point >= 0 || mark >= 0);
    if (point < 0) hover.hide();
    else hover.show(state.about.key, state.space, point, [x, y]);
  }

  function choosePoint(point) {
    select(state.points.prototype[point], point);
    scene.comeInto(state.points.x[point], state.points.y[point]);
  }

  listen('choose-row', ({ row, picture = null }) => {
    if (!state.isReady) return;
    choosePoint(picture === null || state.space === 'caption' ? selection.pointOf(row) : picture);
  });
  listen('choose', ({ prototype }) => {
    if (!state.isReady) return;
    select(prototype, -1);
    scene.comeInto(state.middle.x[prototype], state.middle.y[prototype]);
  });

  return {
    open: selection.open,
    light, restore, click, over, enclose, clear,
    leave: hover.hide,
    get nRows() {
      return selection.size;
    },
  };
}
