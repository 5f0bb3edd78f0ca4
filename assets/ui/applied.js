// Says, beside the button that starts a run, that edits made on the map go into the set.

import { count, lastSaid, listen, make } from './page.js';

export function mount(element) {
  const view = element.querySelector('.applied-view');
  const remark = make('p', { class: 'remark', role: 'status', hidden: true });
  view.append(remark);

  function show({ name, edits, prototypes }) {
    const n = edits.length;
    remark.hidden = !n;
    remark.textContent = `The map of ${name} has ${count(n)} ${n === 1 ? 'edit' : 'edits'}, and ${count(prototypes.length)} prototypes after that. ` +
      'A set made of the same data, models and number of pairs follows the edits; undo them on the map to go without.';
  }

  listen('open', show);
  if (lastSaid('open')) show(lastSaid('open')); // the tab is built when it is opened
}
