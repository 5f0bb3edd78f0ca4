// A table that sorts by its column heads. Columns: { title, value(row) to sort by if at all,
// text(row), isNumber, isAction: buttons, isGroup: the same in all rows with one id, so shown in the
// first of them only }.

import { make } from './page.js';

export function makeTable(columns, { label, onChoose, idOf, first = 0, falling = false }) {
  const body = make('tbody');
  const heads = columns.map((column, at) =>
    make('th', { scope: 'col', class: kindOf(column) }, column.value
      ? make('button', { type: 'button', onclick: () => sortBy(at) }, column.title)
      : make('span', { class: 'unseen' }, column.title)));
  const element = make('div', { class: 'table-frame', tabindex: 0, role: 'region', 'aria-label': label },
    make('table', { 'aria-label': label }, make('thead', {}, make('tr', {}, heads)), body));
  let rows = [];
  let order = { at: first, falling };
  let chosen = null;

  function sortBy(at) {
    order = { at, falling: order.at === at ? !order.falling : Boolean(columns[at].isNumber) };
    fill();
  }

  function ranked() {
    const { value } = columns[order.at];
    const sign = order.falling ? -1 : 1;
    return [...rows].sort((a, b) => sign * compare(value(a), value(b)));
  }

  function fill() {
    const sorted = ranked();
    heads.forEach((head, at) => {
      const is = at === order.at ? (order.falling ? 'descending' : 'ascending') : 'none';
      if (columns[at].value) head.setAttribute('aria-sort', is);
    });
    body.replaceChildren(...sorted.map((row, at) => line(row, at > 0 && idOf(row) === idOf(sorted[at - 1]))));
    mark(chosen);
  }

  function line(row, isSame) {
    const cells = columns.map((column, at) =>
      make(at ? 'td' : 'th', { scope: at ? null : 'row', class: kindOf(column) }, column.text(row)));
    const made = make('tr', { tabindex: 0, 'data-id': idOf(row), class: isSame ? 'is-same' : null }, cells);
    made.addEventListener('click', event => event.target.closest('button, a') || onChoose(row));
    made.addEventListener('keydown', event => {
      if (event.target === made && event.key === 'Enter') onChoose(row);
    });
    return made;
  }

  /** Marks the row with this id; null marks none. */
  function mark(id) {
    chosen = id;
    for (const row of body.children) {
      const isChosen = id !== null && row.dataset.id === String(id);
      row.classList.toggle('is-chosen-row', isChosen);
      if (isChosen) row.setAttribute('aria-current', 'true');
      else row.removeAttribute('aria-current');
    }
  }

  /** The rows as they are sorted, for a spreadsheet; columns of buttons are left out. */
  function csv() {
    const shown = columns.filter(column => !column.isAction);
    const quoted = value => `"${String(value?.textContent ?? value).replaceAll('"', '""')}"`;
    const lines = [shown.map(column => column.title), ...ranked().map(row => shown.map(column => column.text(row)))];
    return lines.map(line => line.map(quoted).join(',')).join('\r\n');
  }

  return { element, mark, csv, show: given => ((rows = given), fill()) };
}

const kindOf = ({ isNumber, isGroup }) =>
  [isNumber && 'is-number', isGroup && 'is-group'].filter(Boolean).join(' ') || null;

function compare(a, b) {
  const [isMissingA, isMissingB] = [a, b].map(value => value === null || value === undefined);
  if (isMissingA || isMissingB) return isMissingA - isMissingB;
  return typeof a === 'string' ? a.localeCompare(b) : a - b;
}
