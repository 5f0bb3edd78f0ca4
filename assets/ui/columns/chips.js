// What filters the rows now, one chip each, over the map; the last one drops them all.

import { listen, make, say } from '../common/page.js';

export function mount(element) {
  const list = make('ul', { class: 'chips', 'aria-label': 'Filters', hidden: true });
  element.querySelector('.chips-view').append(list);
  let shown = '';

  listen('filters', filters => {
    const name = JSON.stringify(filters);
    if (name === shown) return;
    shown = name;
    const had = list.contains(document.activeElement);
    list.hidden = !filters.length;
    list.replaceChildren(
      ...filters.map(({ id, text }) => chip(text, `Drop the filter: ${text}`, id)),
      ...(filters.length > 1 ? [chip('Clear all', 'Drop all filters', null)] : []),
    );
    if (had) (list.querySelector('button') || document.querySelector('.map-frame'))?.focus();
  });
}

const chip = (text, label, id) =>
  make(
    'li',
    {},
    make(
      'button',
      {
        type: 'button',
        class: id === null ? 'chip is-all' : 'chip',
        'aria-label': label,
        onclick: () => say('unfilter', id),
      },
      make('span', {}, text),
      id === null ? null : make('span', { 'aria-hidden': 'true' }, '✕'),
    ),
  );
