// A condition that rows are filtered by, such as similarity < 0.1 and kind = "boat"; the server finds
// the rows, and names and words are completed here. The field grows with what stands in it.

import { fetchColumn } from '../common/columns.js';
import { address, make } from '../common/page.js';
import { fitting, quoted, writtenAt } from './completion.js';

const ID = 'query';
const EXAMPLE = 'similarity < 0.5';
const PATIENCE_MS = 300; // until a line says that the server is at it: the first time takes seconds

/** The line, and open(key, columns) for another dataset; `filters` as of filters.js. */
export function makeQueryLine(filters) {
  const now = { key: '', columns: [], applied: '', asked: 0 };
  const dom = build();
  const completing = makeCompleting(dom, now);

  function drop() {
    now.applied = dom.input.value = '';
    dom.problem.hidden = true;
    filters.set(ID, null);
  }

  async function apply() {
    const [own, condition] = [++now.asked, dom.input.value.trim()];
    completing.close();
    dom.problem.hidden = true;
    if (!condition) return drop();
    const late = setTimeout(() => (dom.going.hidden = own !== now.asked), PATIENCE_MS);
    try {
      const bits = await fetchBits(now.key, condition);
      if (own !== now.asked) return;
      now.applied = condition;
      filters.set(ID, row => bits[row >> 3] & (1 << (row & 7)), condition, drop);
    } catch (error) {
      if (own !== now.asked) return;
      dom.problem.textContent = error.message;
      dom.problem.hidden = false;
    } finally {
      clearTimeout(late);
      if (own === now.asked) dom.going.hidden = true;
    }
  }

  dom.form.addEventListener('submit', event => (event.preventDefault(), apply()));
  dom.input.addEventListener('keydown', event => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.defaultPrevented)
      return;
    event.preventDefault();
    dom.form.requestSubmit();
  });
  return {
    element: dom.form,
    /** The condition that filters now, or "". */
    applied: () => now.applied,
    /** Filters by a condition that somebody sent. */
    follow(condition) {
      dom.input.value = condition;
      return apply();
    },
    /** Knows the columns of a dataset; what was asked of the one before is asked again. */
    open(key, columns) {
      Object.assign(now, { key, columns: columns.filter(each => each.is_there) });
      if (now.applied) apply();
    },
  };
}

async function fetchBits(key, condition) {
  const path = `/prepared/${key}/where.bin?${new URLSearchParams({ condition })}`;
  const answer = await fetch(address(path)).catch(() => null);
  if (!answer) throw new Error('The program does not answer.');
  if (answer.ok) return new Uint8Array(await answer.arrayBuffer());
  const { detail } = await answer.json().catch(() => ({}));
  throw new Error(typeof detail === 'string' ? detail : `The program answered ${answer.status}.`);
}

/** Offers what the condition could go on with, in a list that keys move through. */
function makeCompleting({ input, list }, now) {
  let [options, active, asked] = [[], -1, 0];

  async function offer() {
    const own = ++asked;
    const written = writtenAt(input.value, input.selectionStart);
    const found = await optionsOf(now, written);
    if (own !== asked || document.activeElement !== input) return;
    const done = found.length === 1 && found[0].text === written.begun;
    show(done ? [] : found, written.from, written.from + written.begun.length);
  }

  function show(found, from, to) {
    options = found.map(({ text, title }, at) => {
      const take = event => {
        event.preventDefault();
        input.setRangeText(text, from, to, 'end');
        close();
      };
      const said = { role: 'option', id: `query-option-${at}`, 'aria-selected': 'false' };
      const element = make('li', { ...said, onpointerdown: take }, text, make('span', {}, title));
      return { element, take };
    });
    list.replaceChildren(...options.map(({ element }) => element));
    list.hidden = !options.length;
    mark(-1);
  }

  function mark(at) {
    active = at;
    options.forEach(({ element }, i) => element.setAttribute('aria-selected', String(i === at)));
    if (at < 0) return input.removeAttribute('aria-activedescendant');
    input.setAttribute('aria-activedescendant', options[at].element.id);
    options[at].element.scrollIntoView({ block: 'nearest' });
  }

  function close() {
    asked++;
    show([], 0, 0);
  }

  input.addEventListener('input', offer);
  input.addEventListener('blur', close);
  input.addEventListener('keydown', event => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by && list.hidden) offer();
    else if (by) mark((active + by + options.length) % options.length);
    else if ((event.key === 'Enter' || event.key === 'Tab') && active >= 0)
      options[active].take(event);
    else if (event.key === 'Escape' && !list.hidden) close();
    else return;
    if (event.key !== 'Tab') event.preventDefault();
    event.stopPropagation();
  });
  return { close };
}

async function optionsOf({ key, columns }, { begun, column }) {
  const about = columns.find(({ name }) => name === column.toLowerCase());
  if (about && ['words', 'list'].includes(about.kind)) {
    const { names } = await fetchColumn(key, about).catch(() => ({ names: [] }));
    return fitting(names, begun).map(name => ({ text: quoted(name), title: '' }));
  }
  if (about || !begun || begun.startsWith('"')) return [];
  const titles = new Map(columns.map(({ name, title }) => [name, title]));
  return fitting([...titles.keys()], begun).map(name => ({ text: name, title: titles.get(name) }));
}

function build() {
  const dom = {
    input: make('textarea', {
      rows: 1,
      'aria-label': 'Condition',
      'aria-autocomplete': 'list',
      'aria-haspopup': 'listbox',
      'aria-controls': 'query-options',
      placeholder: EXAMPLE,
      title: 'Columns, <, =, !=, and, or, not, in, between, like; texts in quotes. Enter filters.',
      autocomplete: 'off',
      spellcheck: 'false',
    }),
    list: make('ul', {
      id: 'query-options',
      role: 'listbox',
      'aria-label': 'Goes on with',
      hidden: true,
    }),
    going: make('p', { class: 'hint', role: 'status', hidden: true }, 'Filtering …'),
    problem: make('p', { class: 'problem', role: 'alert', hidden: true }),
  };
  const go = make('button', { class: 'tool', 'aria-label': 'Filter by the condition' }, '↵');
  const line = make('div', { class: 'query-line' }, dom.input, go, dom.list);
  dom.form = make('form', { class: 'query' }, line, dom.going, dom.problem);
  return dom;
}
