// The inspector: what one prototype joins, in numbers, images and captions.

import { captionsOf } from './captions.js';
import { clickedRow } from './clicked.js';
import { keptImage } from './kept.js';
import { fixed } from '../common/numbers.js';
import { ask, lastSaid, listen, make, say } from '../common/page.js';

const PATIENCE = 300; // milliseconds until it says that it looks

export function mount(element) {
  const view = element.querySelector('.inspector-view');
  let asking = null;
  let stays = false; // an edit opens another map of the same data: what is shown stays until it is there
  empty(view);

  listen('edited', ({ prototype }) => (stays = prototype !== null));
  listen('open', () => {
    if (!stays) empty(view);
    stays = false;
  });
  listen('select', async chosen => {
    asking?.abort();
    asking = new AbortController();
    const { key, prototype, space, point, row: wanted } = chosen;
    if (prototype === null && point < 0) return empty(view);
    const base = `/prepared/${key}`;
    const card = prototype === null ? null : ask(`${base}/prototypes/${prototype}`, asking.signal);
    const clicked = point < 0 ? null : ask(`${base}/points/${space}/${point}`, asking.signal);
    const late = lastSaid('card')?.card ? 0 : setTimeout(look, PATIENCE);
    try {
      const [about, found] = await Promise.all([card, clicked]);
      const row = found && { ...found, key, wanted };
      const isHere = document.querySelector('#inspector').contains(document.activeElement);
      const focused = document.activeElement;
      view.replaceChildren(...(about ? inspect(about, row) : leftOut(row)));
      say('card', { card: about, title: row?.is_kept ? 'In no prototype' : 'Left out' });
      if (isHere && !focused.isConnected)
        document.querySelector('#inspector h2').focus({ preventScroll: true });
      if (view.dataset.prototype !== String(prototype))
        document.querySelector('#details').scrollTop = 0;
      if (about) view.dataset.prototype = prototype;
      else delete view.dataset.prototype;
    } catch (error) {
      if (error.name === 'AbortError') return;
      view.replaceChildren(make('p', { class: 'problem', role: 'alert' }, error.message));
    } finally {
      clearTimeout(late);
    }
  });
}

/** Says of a first click that it was seen. */
const look = () => say('card', { card: null, title: 'Looking …' });

function empty(view) {
  delete view.dataset.prototype;
  view.replaceChildren(
    make(
      'p',
      { class: 'hint' },
      'Click a point on the map. You will see the prototype it belongs ' +
        'to: a cluster of similar images, joined with the cluster of captions that shares most ' +
        'rows with it. A row is one caption with its image; of labelled data the caption is the class.',
    ),
  );
  say('card', { card: null, title: 'Nothing selected' });
}

function leftOut(row) {
  const reason = row.is_kept
    ? 'The prototype of this pair was dropped by hand, so it belongs to none. Undo brings it back.'
    : 'This pair was left out before clustering: its caption and its image are among ' +
      'the least similar, so it belongs to no prototype.';
  return [make('p', { class: 'hint' }, reason), clickedRow(row)];
}

function inspect(card, row) {
  const about = lastSaid('open');
  const isLabelled = about.classes.length > 0;
  return [
    card.n_shared ? null : pairless(),
    row && clickedRow(row),
    keptImage(about, card),
    images(card),
    captionsOf(card, isLabelled),
  ].filter(Boolean);
}

const pairless = () =>
  make(
    'p',
    { class: 'remark' },
    make('strong', {}, 'Pairless. '),
    'Its image cluster and its caption cluster share no row; each was the best that was left.',
  );

/** Those after the nearest, which stands beside what is generated. */
function images({ nearest_images }) {
  const figure = ({ thumbnail, caption, similarity }) =>
    make(
      'figure',
      {},
      make('img', { src: thumbnail, alt: caption, title: caption }),
      make('figcaption', {}, fixed(similarity)),
    );
  return make(
    'section',
    { 'aria-label': 'Next nearest' },
    make('h3', {}, 'Next nearest', make('span', {}, 'similarity to the prototype')),
    make(
      'ul',
      { class: 'images' },
      nearest_images.slice(1).map(one => make('li', {}, figure(one))),
    ),
  );
}
