// Reads a run again and again: its directory is read on from where the last look ended, so a
// reload, a second tab and a restarted program all show the same.

import { ask } from '../common/page.js';
import { isGoing } from '../common/run.js';

const BUSY_SECONDS = 0.7;
const IDLE_SECONDS = 2.5;
const UNSEEN_SECONDS = 0.3;
const MANY = 2000; // events in one answer: there are probably more

/** Calls tell(run, isWanted) on each look while `view` is seen, or fail(error).
 * @param {HTMLElement} view
 * @param {(run: Wire.Run, isWanted: () => boolean) => void} tell
 * @param {(error: Error) => void} fail
 */
export function makeFollowing(view, tell, fail) {
  let run = /** @type {string | null} */ (null);
  let offset = 0;
  let own = 0;

  /** @param {number} mine */
  async function look(mine) {
    const isWanted = () => mine === own;
    let seconds = UNSEEN_SECONDS; // looks again as soon as the view is seen
    if (!document.hidden && view.offsetParent) {
      seconds = IDLE_SECONDS;
      try {
        const answer = await ask(`/runs/${run}?offset=${offset}`);
        if (!isWanted()) return;
        offset = answer.offset;
        tell(answer, isWanted);
        seconds = pause(answer);
      } catch (error) {
        if (isWanted()) fail(/** @type {Error} */ (error));
      }
    }
    setTimeout(() => isWanted() && look(mine), 1000 * seconds);
  }

  /** Follows another run from its beginning.
   * @param {string} id
   */
  function follow(id) {
    [run, offset] = [id, 0];
    look(++own);
  }

  return { follow, run: () => run };
}

/** @param {Wire.Run} run */
function pause({ events, status }) {
  if (events.length >= MANY) return 0;
  return isGoing(status.state) ? BUSY_SECONDS : IDLE_SECONDS;
}
