// Makes edits of the prototypes and takes them back. Each leads to another map:
// say('edited', { key, prototype to select or null, kind }).

import { ask, lastSaid, listen, say } from './page.js';
import { toast } from './toast.js';

const PATIENCE_MS = 400; // until an edit that takes its time says so where one looks
const REST_MS = 1000; // a second click on Merge would take the next one, which nobody has seen
let isMerging = false;
let isBusy = false; // until the map that an edit leads to is there
let selected = null; // a prototype of that map
let late = 0; // the timer of what says so
let merged = -Infinity; // when the last merge was there to be seen
listen('open', () => {
  clearTimeout(late);
  if (isMerging) merged = performance.now();
  [isBusy, isMerging, selected] = [false, false, null];
});
listen('select', ({ prototype }) => (selected = prototype));

/** Makes an edit, { kind, prototype: its number, ... }, or a step, { step: undo | redo | undo all }. */
export async function edit(asked) {
  const about = lastSaid('open');
  const isMerge = asked.kind === 'merge';
  if (isBusy || !about || (isMerge && performance.now() - merged < REST_MS)) return;
  [isBusy, isMerging] = [true, isMerge];
  say('editing', { text: 'Editing …' });
  late = window.setTimeout(() => toast('Editing …'), PATIENCE_MS);
  const body = JSON.stringify({
    ...asked,
    selected: selected === null ? null : about.prototypes[selected].number,
  });
  try {
    const options = { method: 'POST', body, headers: { 'Content-Type': 'application/json' } };
    const answer = await ask(`/prepared/${about.key}/edits`, undefined, options);
    say('edited', { ...answer, kind: asked.kind || asked.step });
  } catch (error) {
    isBusy = isMerging = false;
    clearTimeout(late);
    say('editing', { problem: error.message });
    toast(error.message); // an edit may be made below the map, far from where edits stand
  }
}
