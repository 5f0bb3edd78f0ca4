// The table of all prototypes; choosing a row selects it on the map, and the other way round.

import { count, fixed } from '../common/numbers.js';
import { lastSaid, listen, make, say } from '../common/page.js';
import { makeTable } from '../common/table.js';

const COLUMNS = [
  number(
    'Rank',
    row => row.rank,
    row => row.rank,
  ),
  number(
    'Prototype',
    row => row.number,
    row => row.number + 1,
  ),
  { title: 'Words', value: row => row.label, text: row => row.label },
  number(
    'Agreement',
    row => row.cosine,
    row => fixed(row.cosine),
  ),
  number(
    'Image cluster',
    row => row.n_rows,
    row => count(row.n_rows),
  ),
  number(
    'Caption cluster',
    row => row.n_caption_rows,
    row => count(row.n_caption_rows),
  ),
  number(
    'Shared rows',
    row => row.n_shared,
    row => (row.n_shared ? count(row.n_shared) : 'pairless'),
  ),
];

export function mount(element) {
  const view = element.querySelector('.prototypes-view');
  const empty = make(
    'p',
    { class: 'hint' },
    'The prototypes stand here as soon as the map is there.',
  );
  const table = makeTable(COLUMNS, {
    label: 'All prototypes. Up and down go from row to row, Enter selects one.',
    idOf: row => row.prototype,
    onChoose: ({ prototype }) => say('choose', { prototype }),
  });
  const filter = make('input', {
    type: 'search',
    'aria-label': 'Filter the prototypes',
    placeholder: 'Filter by words or number, or: pairless',
    oninput: fill,
  });
  const said = make('p', { class: 'hint', role: 'status' });
  const bar = make('div', { class: 'search-line table-filter' }, filter, said);
  let rows = [];
  view.append(empty);

  function fill() {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    const shown = rows.filter(row => words.every(word => row.text.includes(word)));
    table.show(shown);
    said.textContent = words.length
      ? `${count(shown.length)} of ${count(rows.length)}`
      : count(rows.length);
  }

  const open = ({ prototypes }) => {
    rows = prototypes.map((row, prototype) => ({ ...row, prototype, text: textOf(row) }));
    const isAsFound = rows.every(({ rank, number: at }) => rank === at + 1);
    view.classList.toggle('is-as-found', isAsFound); // numbers are ranks, until prototypes are edited
    table.mark(null); // what is selected next is revealed
    fill();
    view.replaceChildren(bar, table.element);
  };
  const select = ({ prototype }) => table.mark(prototype);
  filter.addEventListener('keydown', event => {
    if (event.key !== 'ArrowDown' && event.key !== 'Escape') return;
    event.preventDefault();
    if (event.key === 'ArrowDown') return table.focus();
    filter.value = '';
    fill();
  });
  listen('open', open);
  listen('select', select);
  if (lastSaid('open')) open(lastSaid('open')); // the view is built when its section is opened
  const selected = lastSaid('select');
  if (selected && selected.key === lastSaid('open')?.key) select(selected);
}

const textOf = ({ number, label, n_shared: nShared }) =>
  `${number + 1} ${label}${nShared ? '' : ' pairless'}`.toLowerCase();

function number(title, value, text) {
  return { title, value, text, isNumber: true };
}
