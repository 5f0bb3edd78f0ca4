// The first minute: three hints, each until it was followed. Dismissed once, they stay away from
// this browser.

import { keep, kept } from '../common/keeping.js';
import { listen, make, openTab } from '../common/page.js';

const KEPT = 'explorer-hints-followed';
const HINTS = [
  [
    'Every dot is an image; near ones show similar things. The diamonds are ',
    make('b', {}, 'prototypes'),
    ': the few that stand for all, each where its images lie densest. Click a dot.',
  ],
  [
    make('b', {}, 'Synthesize'),
    ', beside the map, draws a new image for the prototype. Such images make a small set.',
  ],
  [
    make('b', {}, 'Distill'),
    ' makes a whole set, trains students on it and scores them on images they have never seen; ',
    make('b', {}, 'Compare'),
    ' shows which set is best.',
  ],
];

export function mount(element) {
  const text = make('p', { role: 'status' });
  const place = make('span', { class: 'hint figure' });
  const next = make('button', { type: 'button', class: 'tool is-small', onclick: goOn });
  const away = make(
    'button',
    { type: 'button', class: 'tool is-small', onclick: () => show(HINTS.length) },
    'Dismiss',
  );
  const box = make(
    'aside',
    { class: 'hints', 'aria-label': 'First steps' },
    place,
    text,
    make('div', { class: 'tools' }, next, away),
  );
  let at = Number(kept(KEPT)) || 0;
  let hasMap = true; // until it is known to be none: there is no dot to click
  element.querySelector('.hints-view').append(box);

  function show(number) {
    at = number;
    keep(KEPT, String(at));
    box.hidden = at >= HINTS.length || !hasMap;
    if (box.hidden) return;
    place.textContent = `${at + 1} of ${HINTS.length}`;
    text.replaceChildren(...HINTS[at]);
    next.textContent = at === HINTS.length - 1 ? 'Open Distill' : 'Next';
  }

  function goOn() {
    if (at === HINTS.length - 1)
      openTab('Distill'); // which follows the last hint
    else show(at + 1);
  }

  const follow = number => at === number && show(number + 1);
  listen('select', ({ prototype }) => prototype !== null && follow(0));
  document.addEventListener('click', ({ target }) => {
    if (target.closest?.('#synthesize')) follow(1);
    if (target.closest?.('button[role=tab]')?.textContent.trim() === 'Distill') follow(2);
  });
  const tell = (/** @type {boolean} */ isThere) => ((hasMap = isThere), show(at));
  listen('unprepared', () => tell(false));
  listen('open', () => tell(true));
  show(at);
}
