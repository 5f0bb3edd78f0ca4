// Items that stand on the map besides its own points, as squares: told with
// say('test-items', { key, space, x, y, colourOf(i, isDark), isShown(i) } or null), pointed out with
// say('test-item', i), and clicked with say('test-item-clicked', i).

import { isDark, lastSaid, listen } from '../common/page.js';

const SIDE = 7;
const CHOSEN = 13;
const REACH_PX = 8;

/** `state` is the map's; changed(chosen) is called when others are shown, or one is pointed out. */
export function makeOverlay(state, changed) {
  const now = { items: lastSaid('test-items') || null, chosen: -1 };
  const shown = () =>
    now.items?.key === state.about?.key && now.items?.space === state.space ? now.items : null;

  function draw(context, { camera, ink, paper }) {
    const items = shown();
    if (!items) return;
    const dark = isDark();
    for (let i = 0; i < items.x.length; i++)
      if (i !== now.chosen && items.isShown(i)) square(i, SIDE, paper, 1);
    if (now.chosen >= 0) square(now.chosen, CHOSEN, ink, 2);

    function square(i, side, rim, width) {
      const [x, y] = camera.toScreen(items.x[i], items.y[i]);
      const [left, top] = [Math.round(x - side / 2), Math.round(y - side / 2)];
      context.fillStyle = rim;
      context.fillRect(left - width, top - width, side + 2 * width, side + 2 * width);
      context.fillStyle = items.colourOf(i, dark);
      context.fillRect(left, top, side, side);
    }
  }

  /** The item at a place on the screen, or -1. */
  function itemAt(camera, [left, top]) {
    const items = shown();
    let [best, least] = [-1, REACH_PX];
    for (let i = 0; i < (items?.x.length ?? 0); i++) {
      if (!items.isShown(i)) continue;
      const [x, y] = camera.toScreen(items.x[i], items.y[i]);
      const distance = Math.hypot(x - left, y - top);
      if (distance <= least) [best, least] = [i, distance];
    }
    return best;
  }

  listen('test-items', items => {
    Object.assign(now, { items, chosen: -1 });
    changed(null);
  });
  listen('test-item', i => {
    now.chosen = i;
    const items = shown();
    changed(items && i >= 0 ? [items.x[i], items.y[i]] : null);
  });
  return {
    draw,
    itemAt,
    get n() {
      return shown()?.x.filter((_, i) => shown().isShown(i)).length ?? 0;
    },
  };
}
