// What a search found, the best first, below the map; choosing one goes there.

import { foundLine } from './found.js';
import { listen, make, say } from '../common/page.js';

export function mount(element) {
  const said = make('p', { class: 'hint', role: 'status' });
  const head = make('header', {}, said);
  const list = make('ol', { class: 'found', 'aria-label': 'Results, the best first' });
  element.querySelector('.results-view').append(head, list);

  listen('found', found => {
    const { key, results = [], text = '', given = null } = found ?? {};
    head.replaceChildren(...(given ? [given, said] : [said]));
    said.textContent = text;
    list.replaceChildren(...results.map(result => foundLine(key, result)));
    list.scrollTop = 0;
    say('offer', { name: 'results', n: results.length || null });
  });
}
