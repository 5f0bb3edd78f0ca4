// The rows that are selected on the map: enclosed, added one by one, or found by a search.
// Views tell each other with say('rows', { key, set, from }); set is null when nothing is selected.
// What stands out on the map is what say('matching', ...) leaves of them, see columns/filters.js.

import { listen, say } from '../common/page.js';
import { addPoint, eachInside, pointOf, pointsOf, sizeOf } from '../common/rowset.js';

/** `state` has the map's { about, space, points }; selected() is called when other rows are selected,
 * lit() when others stand out. */
export function makeSelection(state, { selected, lit }) {
  const own = { first: null, set: null, matching: null };

  listen('rows', ({ key, set }) => {
    if (key !== state.about?.key) return;
    own.set = set;
    selected();
  });
  listen('matching', ({ key, set }) => {
    if (key !== state.about?.key) return;
    own.matching = set;
    lit();
  });

  function tell(set, from = 'map') {
    say('rows', { key: state.about.key, set: set && sizeOf(set) ? set : null, from });
  }

  /** Selects the points that each(found) names; with `adds`, besides those that are selected. */
  function choose(each, adds, from) {
    const set = adds && own.set ? own.set.slice() : new Uint8Array(state.about.n_captions);
    each(i => addPoint(set, own.first, state.space, i));
    tell(set, from);
  }

  return {
    /** Begins with nothing; `first` is where the captions of each image begin. */
    open: first => Object.assign(own, { first, set: null, matching: null }),
    choose,
    enclose: (polygon, adds) => choose(found => eachInside(state.points, polygon, found), adds),
    clear: () => own.set && tell(null),
    /** A byte per point of the space that is shown, or null. */
    lit: () => own.matching && pointsOf(own.matching, own.first, state.space),
    pointOf: row => pointOf(row, own.first, state.space),
    get size() {
      return own.set ? sizeOf(own.set) : 0;
    },
  };
}
