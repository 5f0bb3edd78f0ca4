// The table of all prototypes; choosing a row selects it on the map, and the other way round.

import { count, fixed, lastSaid, listen, make, say } from './page.js';
import { makeTable } from './table.js';

const COLUMNS = [
  number('Rank', row => row.prototype + 1, row => row.prototype + 1),
  { title: 'Words', value: row => row.label, text: row => row.label },
  number('Agreement', row => row.cosine, row => fixed(row.cosine)),
  number('Picture cluster', row => row.n_rows, row => count(row.n_rows)),
  number('Caption cluster', row => row.n_caption_rows, row => count(row.n_caption_rows)),
  number('Shared rows', row => row.n_shared, row => row.n_shared ? count(row.n_shared) : 'pairless'),
];

export function mount(element) {
  const view = element.querySelector('.prototypes-view');
  const empty = make('p', { class: 'hint' }, 'The prototypes stand here as soon as the map is there.');
  const table = makeTable(COLUMNS, {
    label: 'All prototypes',
    idOf: row => row.prototype,
    onChoose: ({ prototype }) => say('choose', { prototype }),
  });
  view.append(empty);
  const open = ({ prototypes }) => {
    table.show(prototypes.map((row, prototype) => ({ ...row, prototype })));
    view.replaceChildren(table.element);
  };
  const select = ({ prototype }) => table.mark(prototype);
  listen('open', open);
  listen('select', select);
  if (lastSaid('open')) open(lastSaid('open')); // the view is built when its section is opened
  if (lastSaid('select')) select(lastSaid('select'));
}

function number(title, value, text) {
  return { title, value, text, isNumber: true };
}
