// The selected rows: images with their captions, and files of them to take away.

import { edit } from '../common/editing.js';
import { count, fixed } from '../common/numbers.js';
import { address, ask, listen, make, say } from '../common/page.js';
import { rowsOf } from '../common/rowset.js';
import { distillRows, saveRows } from '../common/subset.js';

const AT_ONCE = 60;
const REST_MS = 250; // of filters that change with each move of a hand
const HOW_TO = 'Draw around points with Lasso or Box, or click one with Shift.';
const NONE_LEFT = 'The filters match none of the rows.';
const LISTED = ['search', 'neighbours']; // what they found is listed already

export function mount(element) {
  let [key, rows, asked, waiting] = [null, new Int32Array(0), 0, 0];
  const dom = build({
    more: () => fill(true),
    save: kind => attempt(() => saveRows(key, rows, `rows.${kind}`)),
    distill: leaveOut => attempt(() => distillRows(key, rows, leaveOut)),
    add: () => edit({ kind: 'add', rows: [...rows] }),
    clear: () => say('unfilter', null),
  });
  element.querySelector('.rows-view').append(dom.section);

  listen('open', () => show({ key: null, set: null }));
  listen('matching', show);
  show({ key: null, set: null });

  function show({ key: of, set, from }) {
    asked++;
    [key, rows] = [of, set ? rowsOf(set) : new Int32Array(0)];
    const n = rows.length;
    dom.tools.hidden = !n;
    dom.hint.hidden = Boolean(n);
    dom.hint.textContent = set ? NONE_LEFT : HOW_TO;
    dom.problem.hidden = true;
    dom.title.textContent =
      set && !n ? 'No rows left' : `${n ? count(n) : 'No'} ${n === 1 ? 'row' : 'rows'} selected`;
    dom.list.replaceChildren();
    const isListed = LISTED.includes(from);
    dom.more.hidden = !(n && isListed);
    dom.more.textContent = 'Show images';
    clearTimeout(waiting);
    if (n && !isListed) waiting = setTimeout(fill, from === 'filters' ? REST_MS : 0);
  }

  async function fill(isAsked = false) {
    const [own, shown] = [asked, dom.list.children.length];
    const wanted = rows.subarray(shown, shown + AT_ONCE);
    dom.more.hidden = true;
    try {
      const cards = await ask(`/prepared/${key}/rows?which=${wanted.join()}`);
      if (own !== asked) return;
      dom.list.append(...cards.map(each => card(key, each)));
      dom.more.hidden = dom.list.children.length >= rows.length;
      dom.more.textContent = `Show more (${count(rows.length - dom.list.children.length)} left)`;
      if (isAsked) dom.list.children[shown].querySelector('button').focus({ preventScroll: true });
    } catch (error) {
      if (own === asked) fail(error);
    }
  }

  async function attempt(work) {
    dom.problem.hidden = true;
    await work().catch(fail);
  }

  function fail(error) {
    dom.problem.textContent = error.message;
    dom.problem.hidden = false;
  }
}

function build({ more, save, distill, add, clear }) {
  const tool = (text, onclick, rest = {}) =>
    make('button', { type: 'button', class: 'tool', onclick, ...rest }, text);
  const making = (text, leaveOut, title) =>
    tool(text, () => distill(leaveOut), { title, class: 'tool of-captions' });
  const dom = {
    title: make('h2'),
    hint: make('p', { class: 'hint' }),
    problem: make('p', { class: 'problem', role: 'alert', hidden: true }),
    list: make('ul', { class: 'row-cards' }),
    more: tool('Show more', more),
    tools: make('div', { class: 'tools' }, [
      making('Distill only these', false, 'Opens Distill with the selected rows alone'),
      making('Leave these out', true, 'Opens Distill with all rows but the selected ones'),
      tool('Add a prototype of these', add, {
        title: 'One more prototype, the mean of these rows, with the caption nearest to it',
        class: 'tool of-captions',
      }),
      ...['csv', 'json'].map(kind => tool(`Export ${kind.toUpperCase()}`, () => save(kind))),
      tool('Clear', clear, { 'aria-label': 'Clear the selected rows' }),
    ]),
  };
  dom.section = make(
    'section',
    { 'aria-label': 'Selected rows' },
    make('header', {}, dom.title, dom.tools),
    dom.hint,
    dom.problem,
    dom.list,
    dom.more,
  );
  return dom;
}

function card(key, { row, image, caption, prototype, similarity }) {
  const owner = prototype === null ? 'pair in no prototype' : `prototype ${prototype}`;
  const src = address(`/prepared/${key}/images/${image}.webp`);
  return make(
    'li',
    {},
    make(
      'button',
      { type: 'button', class: 'row-card', onclick: () => say('choose-row', { row }) },
      make('img', { src, alt: '', loading: 'lazy' }),
      make('span', {}, caption),
      make('span', { class: 'hint figure' }, `${fixed(similarity)} · ${owner}`),
    ),
  );
}
