// The tabs: the address keeps which one is open, Back returns to the one before, and Distill's tells from everywhere that a run goes.

import { step, whenStepped } from './address.js';
import { closeListsOnTab, selectOnFocus, takeNamesOnEnter } from './keys.js';
import { TABS, ask, listen, openTab, repeat, tabs, titleOf, whenThere } from './page.js';
import { shareDone, stepOf } from './run.js';

const LOOK_SECONDS = 4;
const WORKS = 'Distill'; // where runs are followed

export async function mount() {
  const asked = () => new URLSearchParams(location.search).get('tab');
  const [first] = (await whenThere(TABS)).map(titleOf);
  if (asked() && asked() !== first) openTab(asked());
  document.addEventListener('click', event => {
    const tab = /** @type {Element} */ (event.target).closest?.(TABS);
    const opened = tab && titleOf(tab);
    if (tab && opened !== (asked() ?? first)) step({ tab: opened === first ? null : opened });
  });
  whenStepped('tab', before => openTab(before ?? first));
  closeListsOnTab();
  selectOnFocus();
  takeNamesOnEnter();
  repeat(tell, LOOK_SECONDS);
  listen('ended', tell);
}

async function tell() {
  const runs = await ask('/queue').catch(() => []); // what is wrong, the views themselves say
  const [share, sentence] = described(runs);
  for (const tab of tabs()) {
    if (titleOf(tab) !== WORKS) continue;
    if (share) tab.dataset.going = share;
    else delete tab.dataset.going;
    tab.title = sentence;
  }
}

/** What the tab shows, and what it says when it is pointed at; "" where nothing goes.
 * @param {Wire.QueuedRun[]} runs
 */
export function described(runs) {
  const [going] = runs.filter(({ kind }) => kind !== 'prepare');
  if (!going) return ['', ''];
  const others = runs.filter(({ kind }) => kind !== 'prepare').length - 1;
  const more = others ? `, ${others} more ${others === 1 ? 'waits' : 'wait'}` : '';
  const what = { sweep: 'A sweep', referee: 'A referee' }[going.kind] ?? 'A run';
  if (going.status.state === 'queued') return ['…', `${what} waits${more}`];
  const { stages } = going.about;
  const [step, done] = [stepOf(stages, going.status.stage) + 1, shareDone(going)];
  const share = done === null ? `${step} / ${stages.length}` : `${Math.floor(100 * done)} %`;
  return [share, `${what} is going, step ${step} of ${stages.length}${more}`];
}
