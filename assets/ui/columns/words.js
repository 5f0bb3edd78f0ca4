// The words of a column with how many rows have each; those that are chosen filter the rows. The bar
// is grey for all rows, blue for what the other filters leave; the long tail is folded.

import { count } from '../common/numbers.js';
import { make } from '../common/page.js';

const FEW = 6;
const MORE = 50;

/** `all` counts the rows of each word, the last one those without; changed(Set of bins) is called as
 * somebody chooses. */
export function makeWords({ names, all }, changed) {
  const order = commonFirst(all);
  const few = order.length === FEW + 1 ? FEW + 1 : Math.min(order.length, FEW);
  const now = { left: all, shown: few };
  const chosen = new Set();
  const lines = new Map();
  const list = make('ul', { class: 'word-list' });
  const more = make('button', { type: 'button', class: 'more-words', onclick: unfold });
  more.hidden = order.length === few;

  function unfold() {
    const first = now.shown;
    now.shown = first >= order.length ? few : Math.min(order.length, first + MORE);
    show();
    if (now.shown > first) lines.get(order[first]).button.focus();
  }

  function show() {
    const visible = order.filter((bin, at) => at < now.shown || chosen.has(bin));
    for (const bin of visible)
      if (!lines.has(bin))
        lines.set(
          bin,
          makeLine(names[bin], all[bin], all, () => turn(bin)),
        );
    list.replaceChildren(...visible.map(bin => lines.get(bin).element));
    const rest = order.length - now.shown;
    more.textContent = rest > 0 ? `${count(rest)} more` : 'Fewer';
    fill();
  }

  function turn(bin) {
    if (!chosen.delete(bin)) chosen.add(bin);
    fill();
    changed(chosen);
  }

  function fill() {
    for (const [bin, line] of lines) line.tell(now.left[bin], chosen.has(bin));
    list.classList.toggle('is-filtered', chosen.size > 0);
  }

  show();
  return {
    element: make('div', {}, list, more),
    clear: () => (chosen.clear(), show()),
    choose: some => (some.forEach(bin => chosen.add(bin)), show(), changed(chosen)),
    update: left => ((now.left = left), fill()),
  };
}

/** The bins that any row has, the commonest first, those without a word last. */
function commonFirst(all) {
  const nothing = all.length - 1;
  const bins = [...all.keys()].filter(bin => all[bin]);
  return bins.sort((a, b) => (a === nothing) - (b === nothing) || all[b] - all[a] || a - b);
}

/** A line of the list; `name` is undefined for rows without a word. */
function makeLine(name, n, all, onclick) {
  const text = name ?? 'Nothing';
  const most = all.reduce((largest, each) => Math.max(largest, each), 1);
  const bar = make('span', { class: 'word-left' });
  const number = make('span', { class: 'figure' });
  const button = make(
    'button',
    { type: 'button', class: 'word', 'aria-pressed': 'false', title: text, onclick },
    make('span', { class: 'word-all', style: { width: `${(100 * n) / most}%` } }, bar),
    make('span', { class: name === undefined ? 'word-text is-nothing' : 'word-text' }, text),
    number,
  );
  return {
    button,
    element: make('li', {}, button),
    tell(left, isChosen) {
      bar.style.width = `${(100 * left) / n}%`;
      number.textContent = count(left);
      button.setAttribute('aria-pressed', String(isChosen));
    },
  };
}
