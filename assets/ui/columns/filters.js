// What is filtered now: by columns, by a selection, by a query. Views are told which rows are left,
// say('matching', { key, set, from }) with a byte per row or null for all, and by what,
// say('filters', [{ id, text }]); they ask for an end with say('unfilter', id), or null for all.

import { listen, say } from '../common/page.js';
import { sizeOf } from '../common/rowset.js';
import { rows } from '../common/numbers.js';
import { toast } from '../common/toast.js';
import { makeMask } from './mask.js';

const SELECTION = 'selection';
const CHOSEN_BY = {
  map: 'selected on the map',
  search: 'found',
  neighbours: 'near another',
  suspects: 'under suspicion',
  coverage: 'of a hole',
};

/** changed(mask) is called after each change, at most once a frame. */
export function makeFilters(changed) {
  const now = { key: null, mask: null, from: 'filters', frame: 0, selection: null };
  const active = new Map(); // id -> { text, drop }

  /** Begins with no filter on the n rows of a dataset. */
  function open(key, n) {
    Object.assign(now, { key, mask: makeMask(n), from: 'filters', selection: null });
    active.clear();
    tell();
  }

  /** Filters by passes(row), or not any more where it is null; drop() is called to end it. */
  function set(id, passes, text = '', drop = () => {}) {
    try {
      now.mask.set(id, passes);
    } catch (error) {
      toast(error.message); // too many at once
      return drop();
    }
    if (passes) active.set(id, { text, drop });
    else active.delete(id);
    if (id !== SELECTION) now.from = 'filters';
    now.frame ||= requestAnimationFrame(tell);
  }

  function tell() {
    cancelAnimationFrame(now.frame);
    now.frame = 0;
    const left = now.mask.left();
    changed(now.mask, left);
    say('matching', { key: now.key, set: left, from: now.from });
    say(
      'filters',
      [...active].map(([id, { text }]) => ({ id, text })),
    );
  }

  listen('rows', ({ key, set: chosen, from }) => {
    if (key !== now.key) return;
    Object.assign(now, { from, selection: chosen });
    const text = chosen && `${rows(sizeOf(chosen))} ${CHOSEN_BY[from] || 'selected'}`;
    const drop = () => say('rows', { key: now.key, set: null, from: 'filters' });
    set(SELECTION, chosen && (row => chosen[row]), text, drop);
    tell(); // at once: whoever chose is to see it
  });
  listen('unfilter', id => {
    const dropped = id === null ? [...active.values()] : [active.get(id)];
    for (const each of dropped) each?.drop();
  });

  return { open, set, selection: () => now.selection };
}
