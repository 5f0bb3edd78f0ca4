// The head of the inspector, which never scrolls: what is selected, and its numbers. On a phone the
// inspector is a sheet over the map, and the bar at its top unfolds it.

import { css, palette } from '../common/colours.js';
import { count, fixed } from '../common/numbers.js';
import { isDark, lastSaid, listen, make } from '../common/page.js';

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
    said.replaceChildren(...(card ? [heading(card), numbers(card)] : [make('h2', {}, title)]));
    said.querySelector('h2').tabIndex = -1;
    if (!card) unfold(false);
  }

  listen('card', tell);
  document.addEventListener(
    'click',
    ({ target }) => target.closest?.('#synthesize') && unfold(true),
  );
  tell(lastSaid('card') || { card: null, title: 'Nothing selected' });
}

function heading({ prototype, number, label, n_prototypes }) {
  const colour = css(palette(prototype + 1, isDark()), prototype);
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
        { class: 'hint' }, // one that was split off has a number beyond
        `Prototype ${number + 1}${number < n_prototypes ? ' of' : ', one of'} ${n_prototypes}`,
      ),
    ),
  );
}

function numbers({ cosine, rank, n_prototypes, n_shared }) {
  const pair = (name, value, meaning) =>
    make('div', { title: meaning }, make('dt', {}, name), make('dd', {}, value));
  return make(
    'dl',
    { class: 'numbers' },
    pair('agreement, cosine', fixed(cosine), 'Cosine between its image and its caption prototype'),
    pair(
      'by agreement',
      `${rank} of ${n_prototypes}`,
      'Its place among all by agreement, the best first',
    ),
    pair('shared rows', count(n_shared), 'Rows in both of its clusters'),
  );
}
