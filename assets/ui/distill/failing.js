// Leads from a finished run to where its students fail: to a list below the map of its data.

import { lastSaid, make, openTab, say } from '../common/page.js';

/** A link to that map and list, at the number of prototypes that the set was made of; where that map is open, it
 * turns to its tab.
 * @param {Wire.Run} run
 */
export function failuresLink({ id, about, config: { data, bundle, size } }) {
  const map = { data, bundle, ...(about.of_prototypes ? { n_prototypes: String(size) } : {}) };
  const asked = new URLSearchParams({ ...map, list: 'failures', run: id });

  /** @param {Event} event */
  function go(event) {
    const shown = new URLSearchParams(location.search);
    const isOpen = lastSaid('open') && Object.entries(map).every(([k, v]) => shown.get(k) === v);
    if (!isOpen) return;
    event.preventDefault();
    openTab('Explore');
    say('unfold', 'failures');
    say('fared', id);
  }

  const title = 'The items of test on the map of these data, and which of them students get wrong';
  return make('a', { class: 'tool', href: `?${asked}`, title, onclick: go }, 'Where it fails');
}
