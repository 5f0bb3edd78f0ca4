// What is going and what waits for the device, in order; a click shows a run.

import { ask, lastSaid, listen, make, repeat, say } from '../common/page.js';
import { badge, headOf } from '../common/run.js';

const LOOK_SECONDS = 1.5;

export function mount(element) {
  const view = element.querySelector('.queue-view');
  const none = make('p', { class: 'hint', hidden: true }, 'Nothing is running.');
  const list = make('ol', { class: 'queue', 'aria-label': 'Runs that are going or wait' });
  view.append(none, list);
  let last = '';
  let open = lastSaid('opened-run') ?? null;

  async function look() {
    if (!view.offsetParent) return;
    const runs = await ask('/queue').catch(() => null); // the view of the run says what is wrong
    const text = JSON.stringify([
      runs?.map(({ id, status, label }) => [id, status.state, label]),
      open,
    ]);
    if (!runs || text === last) return;
    last = text;
    none.hidden = runs.length > 0;
    list.replaceChildren(...runs.map(line));
  }

  function line(run) {
    const state = make('span');
    badge(state, run.status.state);
    const texts = [state, make('span', { class: 'queue-name' }, headOf(run))];
    if (run.kind === 'prepare' || run.kind === 'referee')
      return make('li', {}, make('span', { class: 'queued' }, texts));
    const current = run.id === open ? 'true' : null;
    return make(
      'li',
      {},
      make(
        'button',
        {
          type: 'button',
          class: 'queued',
          'aria-current': current,
          onclick: () => say('open-run', run.id),
        },
        texts,
      ),
    );
  }

  listen('opened-run', id => {
    open = id;
    look();
  });
  repeat(look, LOOK_SECONDS);
}
