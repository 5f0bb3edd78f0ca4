// The lists below the map, of which at most one is unfolded; what a folded one shows is not asked for.

import { lastSaid, listen } from './page.js';

/** Calls open(about) with each dataset that is opened while the list is unfolded, and with the one
 * that is open when it is.
 * @param {string} name
 * @param {(about: Wire.Prepared) => void} open
 */
export function whileListed(name, open) {
  /** @type {Wire.Prepared | null} */
  let shown = null;
  const sync = () => {
    const about = lastSaid('open');
    if (!about || about === shown || lastSaid('list') !== name) return;
    shown = about;
    open(about);
  };
  listen('open', sync);
  listen('list', sync);
  sync();
}
