// One line in the head: which data, models and number of prototypes the map shows. It unfolds the
// fields that say so, which fold away once there is a map.

import { count } from '../common/numbers.js';
import { lastSaid, listen, make } from '../common/page.js';

export function mount(element) {
  const parts = make('span', { class: 'setup-parts' }, 'Data, models, prototypes');
  const line = make(
    'button',
    {
      type: 'button',
      class: 'setup-line',
      'aria-controls': 'choose',
      'aria-expanded': 'false',
      onclick: () => unfold(!isOpen),
    },
    make('span', { class: 'unseen' }, 'Data, models and prototypes: '),
    parts,
    make('span', { class: 'chevron', 'aria-hidden': 'true' }),
  );
  let isOpen = false;
  let isOffered = false; // once for each map that is not there: who folds the fields may leave them so
  element.querySelector('.setup-view').append(line);

  function unfold(opens) {
    isOpen = opens;
    line.setAttribute('aria-expanded', String(opens));
    document.querySelector('#choose').toggleAttribute('data-open', opens);
  }

  function tell({ name, n_images: nImages, models, prototypes }) {
    isOffered = false;
    unfold(false);
    parts.replaceChildren(
      make('b', {}, name),
      make('span', { class: 'of-images' }, `${count(nImages)} images`),
      make('span', { class: 'of-models' }, models),
      make('span', { class: 'of-prototypes' }, `${count(prototypes.length)} prototypes`),
    );
  }

  listen('unprepared', () => {
    if (!isOffered) unfold(true);
    isOffered = true;
  });
  listen('open', tell);
  document.addEventListener('keydown', ({ key, target }) => {
    if (key !== 'Escape' || !isOpen || !target.closest?.('#choose, #setup')) return;
    unfold(false);
    line.focus();
  });
  if (lastSaid('open')) tell(lastSaid('open'));
}
