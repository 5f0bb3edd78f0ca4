// The rows of the data that are to be distilled, where somebody chose some on the map.
// props.value = { subset, text, data, bundle }, or {} for all rows.

import { lastSaid, listen, make } from '../common/page.js';

export function mount(element, props, trigger, watch) {
  const text = make('p');
  const all = make('button', { type: 'button', class: 'tool', onclick: drop }, 'Distill all rows');
  const box = make('div', { class: 'subset', role: 'status', hidden: true }, text, all);
  element.querySelector('.subset-view').append(box);

  function show() {
    const { subset, text: said } = props.value || {};
    box.hidden = !subset;
    text.textContent = said || '';
  }
  function drop() {
    props.value = {};
    show();
  }

  function choose(chosen) {
    props.value = chosen;
    trigger('chosen'); // the server fills in data and models
    show();
  }

  listen('subset', choose);
  watch('value', show);
  if (lastSaid('subset')) choose(lastSaid('subset')); // the tab is built when it is opened
}
