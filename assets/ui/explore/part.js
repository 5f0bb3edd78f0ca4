// A part of a list below the map: a heading, what it means, and the lines that were found.

import { count } from '../common/numbers.js';
import { make } from '../common/page.js';

/** Returns { element, list, said, all }: `all` is a button that shows everything on the map. */
export function part(title, meaning) {
  const all = make(
    'button',
    { type: 'button', class: 'tool', hidden: true, 'aria-label': `${title}: show all on the map` },
    'Show all on the map',
  );
  const list = make('ol', { class: 'found', hidden: true });
  const said = make('p', { class: 'hint', role: 'status' });
  const element = make(
    'section',
    { 'aria-label': title },
    make('header', {}, make('h3', {}, title), all),
    make('p', { class: 'hint' }, meaning),
    list,
    said,
  );
  return { element, list, said, all };
}

/** Shows lines, of `n` in all, or that there are none. */
export function fill({ list, said }, lines, nothing, n = lines.length) {
  list.replaceChildren(...lines);
  list.hidden = !lines.length;
  const of = n > lines.length ? ` of ${count(n)}` : '';
  said.textContent = lines.length ? `${count(lines.length)}${of} listed.` : nothing;
}
