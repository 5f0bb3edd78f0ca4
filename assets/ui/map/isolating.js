// Which classes of the legend are shown alone: their points are the rows that are selected.

import { listen } from '../common/page.js';

const FROM = 'legend';

/** `state` has the map's { coloured, points }; choose(each, adds, from) selects points. */
export function makeIsolating(state, choose) {
  const now = { coloured: null, classes: new Set() };
  const shown = () => (now.coloured === state.coloured ? now.classes : new Set());

  listen('rows', ({ from }) => {
    if (from !== FROM) now.classes = new Set();
  });

  return {
    has: c => shown().has(c),

    /** Shows a class alone, or with `adds` besides those that are; one that is, no more. */
    choose(c, adds) {
      const classes = new Set(adds ? shown() : []);
      if (shown().has(c) && (adds || shown().size === 1)) classes.delete(c);
      else classes.add(c);
      Object.assign(now, { coloured: state.coloured, classes });
      const classOf = state.coloured.classes;
      const each = found => {
        for (let i = 0; i < state.points.n; i++) if (classes.has(classOf[i])) found(i);
      };
      choose(each, false, FROM);
    },
  };
}
