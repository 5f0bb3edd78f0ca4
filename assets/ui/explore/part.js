// A part of a list below the map: a heading, what it means, and the lines that were found.

import { count } from '../common/numbers.js';
import { make } from '../common/page.js';
import { asName } from '../common/saving.js';
import { saveRows } from '../common/subset.js';

/** Returns { element, list, said, tools, all, save }: buttons that show everything on the map, and save it. */
export function part(title, meaning) {
  const tool = (text, label) =>
    make('button', { type: 'button', class: 'tool', 'aria-label': `${title}: ${label}` }, text);
  const all = tool('Show all', 'show all on the map');
  const save = tool('CSV', 'save as CSV');
  save.dataset.name = `${asName(title)}.csv`;
  const tools = make('div', { class: 'tools', hidden: true }, all, save);
  const list = make('ol', { class: 'found', hidden: true });
  const said = make('p', { class: 'hint', role: 'status' });
  const element = make(
    'section',
    { 'aria-label': title },
    make('header', {}, make('h3', {}, title), tools),
    make('p', { class: 'hint' }, meaning),
    list,
    said,
  );
  return { element, list, said, tools, all, save };
}

/** Has the buttons of a part show or save rows; light(rows) shows them on the map. */
export function offerRows({ tools, all, save, said }, key, rows, light) {
  tools.hidden = !rows.length;
  all.onclick = () => light(rows);
  save.onclick = () =>
    saveRows(key, Int32Array.from(rows), save.dataset.name).catch(
      error => (said.textContent = error.message),
    );
}

/** Shows lines, of `n` in all, or that there are none. */
export function fill({ list, said }, lines, nothing, n = lines.length) {
  list.replaceChildren(...lines);
  list.hidden = !lines.length;
  const of = n > lines.length ? ` of ${count(n)}` : '';
  said.textContent = lines.length ? `${count(lines.length)}${of} listed.` : nothing;
}
