// The head of the inspector, which never scrolls: what is selected, and its numbers. On a phone the
// inspector is a sheet over the map, and the bar at its top unfolds it.

import { css, prototypeColours } from '../common/colours.js';
import { onKey } from '../common/keys.js';
import { count, fixed } from '../common/numbers.js';
import { isDark, lastSaid, listen, make } from '../common/page.js';

const FEW = 0.05; // of an image cluster's rows

export function mount(element) {
  const view = element.querySelector('.head-view');
  const said = make('div', { class: 'said' });
  const bar = make(
    'button',
    { type: 'button', class: 'sheet-bar', 'aria-label': 'The whole prototype' },
    make('span'),
  );
  const mark = (name, holds) => element.closest('#work')?.toggleAttribute(name, holds); // or too early
  const unfold = opens => {
    mark('data-sheet', opens);
    bar.setAttribute('aria-expanded', String(opens));
  };
  bar.onclick = () => unfold(bar.getAttribute('aria-expanded') !== 'true');
  view.append(bar, said);

  function tell({ card, title }) {
    mark('data-prototype', Boolean(card));
    said.replaceChildren(
      ...(card
        ? [heading(card), numbers(card), weak(card)].filter(Boolean)
        : [make('h2', {}, title)]),
    );
    said.querySelector('h2').tabIndex = -1;
    if (!card) unfold(false);
  }

  listen('card', tell);
  onKey('s', view, () => {
    const button = document.querySelector('#synthesize');
    if (button.checkVisibility()) button.click();
  });
  document.addEventListener('click', ({ target }) => {
    if (!target.closest?.('#synthesize')) return;
    unfold(true);
    document.querySelector('#details').scrollTop = 0; // where the image comes
  });
  tell(lastSaid('card') || { card: null, title: 'Nothing selected' });
}

function heading({ prototype, number, label, n_prototypes, rank }) {
  const colour = css(prototypeColours(lastSaid('open').prototypes, isDark()), prototype);
  const isFound = number < n_prototypes; // one that was split off has a number beyond
  const place = rank === number + 1 ? 'in order of agreement' : `number ${rank} by agreement`;
  return make(
    'header',
    {},
    make('span', { class: 'swatch', style: { backgroundColor: colour }, 'aria-hidden': 'true' }),
    make(
      'div',
      {},
      make('h2', {}, label),
      make(
        'p',
        { class: 'hint' },
        `Prototype ${number + 1}${isFound ? ' of' : ', one of'} ${n_prototypes} · ${place}`,
      ),
    ),
  );
}

function numbers({ cosine, n_shared, n_image_rows, n_caption_rows }) {
  const pair = (name, value, meaning) =>
    make('div', { title: meaning }, make('dt', {}, name), make('dd', {}, value));
  return make(
    'dl',
    { class: 'numbers' },
    pair('agreement', fixed(cosine), 'Cosine between its image and its caption prototype'),
    pair('rows shared', count(n_shared), 'Rows in both of its clusters'),
    pair('of images', count(n_image_rows), 'Rows in its image cluster'),
    pair('of captions', count(n_caption_rows), 'Rows in its caption cluster'),
  );
}

/** Agreement alone would praise a prototype that few rows stand behind. */
function weak({ n_shared: nShared, n_image_rows: nRows }) {
  if (!nShared || nShared >= FEW * nRows) return null;
  return make(
    'p',
    { class: 'flag' },
    `Stands on few rows: only ${count(nShared)} of the ${count(nRows)} in its image cluster`,
  );
}
