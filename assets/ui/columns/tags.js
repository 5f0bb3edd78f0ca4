// Names for the rows that the filters leave; kept with the data. A tag filters as any word does.

import { rows } from '../common/numbers.js';
import { ask, make } from '../common/page.js';
import { rowsOf } from '../common/rowset.js';

/** `left()` is a byte per row that the filters leave, or null for all of n(); changed() is called when
 * a tag was. */
export function makeTags({ left, n }, changed) {
  const now = { key: '', data: '', tags: [], rows: 0 };
  const dom = build();
  for (const change of ['add', 'take', 'drop']) dom[change].onclick = () => apply(change);
  dom.name.addEventListener('input', () => allow());
  dom.form.addEventListener('submit', event => (event.preventDefault(), apply('add')));

  async function apply(change) {
    const [key, name] = [now.key, dom.name.value.trim()];
    if (!name) return dom.name.focus();
    try {
      const tags = await send(key, name, change, change === 'drop' ? [] : rowsLeft(left(), n()));
      if (key !== now.key) return;
      show(tags);
      tell(said(name, tags), true);
      changed();
    } catch (error) {
      tell(error.message, false);
    }
  }

  function tell(text, isGood) {
    dom.said.textContent = text;
    dom.said.className = isGood ? 'hint' : 'problem';
  }

  function show(tags) {
    now.tags = tags;
    dom.known.replaceChildren(...tags.map(({ name }) => make('option', { value: name })));
    allow();
  }

  function allow() {
    const isKnown = now.tags.some(({ name }) => name === dom.name.value.trim());
    dom.take.disabled = dom.drop.disabled = !isKnown;
    dom.take.hidden = dom.drop.hidden = !now.tags.length;
    dom.add.textContent = `Tag ${rows(now.rows)}`;
  }

  return {
    element: dom.element,
    /** Shows the tags that there are as a filter, if there are any; its name is a heading, too. */
    show: facet => {
      dom.own.replaceChildren(...(facet ? [facet.element] : []));
      dom.title.hidden = Boolean(facet);
    },
    /** Says how many rows a tag would get. */
    count: rows => ((now.rows = rows), allow()),
    async open(key, data) {
      const isOther = data !== now.data;
      Object.assign(now, { key, data });
      if (isOther) {
        dom.name.value = '';
        tell('', true);
      }
      const tags = await ask(`/prepared/${key}/tags`).catch(() => []);
      if (key === now.key) show(tags);
    },
  };
}

const rowsLeft = (set, n) => (set ? rowsOf(set) : Array.from({ length: n }, (_, row) => row));

function send(key, name, change, rows) {
  const query = new URLSearchParams({ name, change });
  const headers = { 'Content-Type': 'application/octet-stream' };
  const body = Int32Array.from(rows);
  return ask(`/prepared/${key}/tags?${query}`, undefined, { method: 'POST', body, headers });
}

function said(name, tags) {
  const tag = tags.find(each => each.name === name);
  return tag ? `“${name}” has ${rows(tag.n)}.` : `“${name}” has no rows any more.`;
}

function build() {
  const button = (text, title, rest = {}) =>
    make('button', { type: 'button', class: 'tool is-small', title, ...rest }, text);
  const dom = {
    name: make('input', {
      'aria-label': 'Name of a tag',
      placeholder: 'Name these rows',
      list: 'known-tags',
      maxlength: 60,
      autocomplete: 'off',
    }),
    known: make('datalist', { id: 'known-tags' }),
    add: button('Tag rows', 'Gives the tag to the rows that the filters leave, too'),
    take: button('Untag', 'Takes the tag from the rows that the filters leave'),
    drop: button('Delete', 'Deletes the tag of all rows'),
    said: make('p', { class: 'hint', role: 'status' }),
    title: make('h3', {}, 'Tags'),
    own: make('div'),
  };
  dom.form = make(
    'form',
    { class: 'tag-form' },
    dom.name,
    dom.known,
    make('div', { class: 'tag-acts' }, dom.add, dom.take, dom.drop),
    dom.said,
  );
  dom.element = make('section', { 'aria-label': 'Tags' }, dom.title, dom.own, dom.form);
  return dom;
}
