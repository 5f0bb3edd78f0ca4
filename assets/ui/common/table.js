// A table that sorts by its column heads. Columns: { title, value(row) to sort by if at all,
// text(row): what stands there, isNumber, isGroup: the same in all rows with one id, so shown in the
// first of them only, sorts: "rising" or "falling" for the one by which it is sorted at first, if
// not the first }. A column without a value is not sorted by.

import { make } from './page.js';
import { makeStop, reveal, walkRows } from './tablekeys.js';

const CONTROLS = 'button, a, input, form, label';

export function makeTable(columns, { label, onChoose, idOf }) {
  const body = make('tbody');
  const heads = columns.map((column, at) => head(column, () => sortBy(at)));
  const element = make(
    'div',
    { class: 'table-frame', tabindex: 0, role: 'region', 'aria-label': label },
    make('table', { 'aria-label': label }, make('thead', {}, make('tr', {}, heads)), body),
  );
  walkRows(body);
  let rows = [];
  const first = Math.max(
    0,
    columns.findIndex(({ sorts }) => sorts),
  );
  let order = { at: first, falling: columns[first].sorts === 'falling' };
  let chosen = null;

  function sortBy(at) {
    order = { at, falling: order.at === at ? !order.falling : Boolean(columns[at].isNumber) };
    fill();
  }

  function ranked() {
    const { value } = columns[order.at];
    const sign = order.falling ? -1 : 1;
    return [...rows].sort((a, b) => compare(value(a), value(b), sign));
  }

  function fill() {
    const sorted = ranked();
    heads.forEach((head, at) => {
      const is = at === order.at ? (order.falling ? 'descending' : 'ascending') : 'none';
      if (columns[at].value) head.setAttribute('aria-sort', is);
    });
    const focused = placeOf(body, document.activeElement);
    body.replaceChildren(
      ...sorted.map((row, at) => {
        const isSame = at > 0 && idOf(row) === idOf(sorted[at - 1]);
        return line(columns, row, { id: idOf(row), isSame, onChoose });
      }),
    );
    if (focused) elementAt(body, focused)?.focus({ preventScroll: true });
    mark(chosen);
  }

  /** Marks the row with this id; null marks none. */
  function mark(id) {
    const isNew = id !== chosen;
    chosen = id;
    const isChosen = row => id !== null && row.dataset.id === String(id);
    makeStop(body, [...body.children].find(isChosen));
    for (const row of body.children) markRow(row, isChosen(row));
    const found = isNew && [...body.children].filter(isChosen);
    for (const row of found || []) reveal(element, row);
  }

  const focus = () => body.querySelector('tr[tabindex="0"]')?.focus();
  return { element, mark, ranked, focus, show: given => ((rows = given), fill()) };
}

const head = (column, sort) =>
  make(
    'th',
    { scope: 'col', class: kindOf(column) },
    column.value
      ? make('button', { type: 'button', onclick: sort }, column.title)
      : make('span', { class: 'unseen' }, column.title),
  );

function line(columns, row, { id, isSame, onChoose }) {
  const cells = columns.map((column, at) =>
    make(
      at ? 'td' : 'th',
      { scope: at ? null : 'row', class: kindOf(column), 'data-title': column.title },
      column.text(row),
    ),
  );
  const made = make(
    'tr',
    { tabindex: onChoose ? 0 : null, 'data-id': id, class: isSame ? 'is-same' : null },
    cells,
  );
  if (!onChoose) return made;
  made.addEventListener('click', event => event.target.closest(CONTROLS) || onChoose(row));
  made.addEventListener('keydown', event => {
    if (event.target === made && event.key === 'Enter') onChoose(row);
  });
  return made;
}

function markRow(row, isChosen) {
  row.classList.toggle('is-chosen-row', isChosen);
  if (isChosen) row.setAttribute('aria-current', 'true');
  else row.removeAttribute('aria-current');
}

/** Where the keyboard is: a row's id, and which of its controls; so that new rows take it over. */
function placeOf(body, active) {
  const row = body.contains(active) && active.closest('tr');
  return row && { id: row.dataset.id, at: [...row.querySelectorAll(CONTROLS)].indexOf(active) };
}

function elementAt(body, { id, at }) {
  const row = [...body.children].find(each => each.dataset.id === id);
  return row && (at < 0 ? row : row.querySelectorAll(CONTROLS)[at]);
}

const kindOf = ({ isNumber, isGroup }) =>
  [isNumber && 'is-number', isGroup && 'is-group'].filter(Boolean).join(' ') || null;

/** What is missing comes last, whether values rise or fall. */
function compare(a, b, sign) {
  const [isMissingA, isMissingB] = [a, b].map(value => value === null || value === undefined);
  if (isMissingA || isMissingB) return isMissingA - isMissingB;
  return sign * (typeof a === 'string' ? a.localeCompare(b) : a - b);
}
