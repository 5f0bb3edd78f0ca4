// Says, beside the button that starts a run, which edits made on the map go into the set, and of
// those on the map that is open, that they do not where they do not.
// What was found in the data stands below, with the way to where it is listed.
// props.value = Wire.Applied, or null while the form cannot be read; asks for it anew by "edited", and for its
// `map_size` as the number of pairs by "use"

import { count } from '../common/numbers.js';
import { lastSaid, listen, make, openTab, say } from '../common/page.js';

export function mount(element, props, trigger, watch) {
  const view = element.querySelector('.applied-view');
  const text = make('span');
  const use = make('button', { type: 'button', class: 'tool is-small', hidden: true });
  use.onclick = () => trigger('use');
  const remark = make('p', { class: 'remark', role: 'status', hidden: true }, text, ' ', use);
  const found = make('span');
  const go = make('button', { type: 'button', class: 'tool is-small', onclick: list }, 'Look');
  const checks = make('p', { class: 'remark', role: 'status', hidden: true }, found, ' ', go);
  view.append(remark, checks);

  function show() {
    const said = remarkOn(props.value, lastSaid('open'));
    remark.hidden = !said;
    if (text.textContent !== said) text.textContent = said;
    const size = said && props.value.map_size;
    use.hidden = !size;
    if (size) use.textContent = `Use ${count(size)} pairs`;
    const line = props.value?.checks;
    checks.hidden = !line;
    if (line) found.textContent = `In the data: ${line}`;
  }

  watch('value', show);
  listen('open', () => (show(), trigger('edited')));
  show();
  if (lastSaid('open')) trigger('edited'); // before this was there
}

/** Opens the list of what was found. */
function list() {
  openTab('Explore');
  say('unfold', 'suspects');
}

const edits = n => `${count(n)} ${n === 1 ? 'edit' : 'edits'}`;

/** The sentence, or nothing where no edit was made. */
function remarkOn(applied, map) {
  if (!applied?.edits) return '';
  const n = applied.edits.length;
  const added = applied.added ? ` plus ${count(applied.added)} added` : '';
  if (n)
    return (
      `The set will follow the ${n === 1 ? 'edit' : edits(n)} made by hand at ${count(applied.size)} prototypes${added}: ` +
      `${applied.edits.join('; ')}. Undo on the map to go without; a sweep goes without.`
    );
  if (!map?.edits?.length) return '';
  const why = applied.follows
    ? `was made with other data, models or prototypes than this set of ${count(applied.size)} pairs`
    : 'is about prototypes, which this run does not use';
  return `What was edited on the map (${edits(map.edits.length)}) does not count here: it ${why}.`;
}
