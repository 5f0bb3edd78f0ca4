// Leads from a finished run to where its students fail: to a list below the map of its data.

import { lastSaid, make, openTab, say } from '../common/page.js';

/** A link to that map and list; where the map is open, it turns to its tab.
 * @param {Wire.Run} run
 */
export function failuresLink({ id, config: { data, bundle } }) {
  const asked = new URLSearchParams({ data, bundle, list: 'failures' });

  /** @param {Event} event */
  function go(event) {
    const shown = new URLSearchParams(location.search);
    if (!lastSaid('open') || shown.get('data') !== data || shown.get('bundle') !== bundle) return;
    event.preventDefault();
    openTab('Explore');
    say('unfold', 'failures');
    say('fared', id);
  }

  const title = 'The items of test on the map of these data, and which of them students get wrong';
  return make('a', { class: 'tool', href: `?${asked}`, title, onclick: go }, 'Where it fails');
}
