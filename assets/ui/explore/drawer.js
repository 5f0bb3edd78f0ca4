// The strip below the map: a button per list, with how much is in it; one list is unfolded at a time.

import { put } from '../common/address.js';
import { count } from '../common/numbers.js';
import { listen, make, say } from '../common/page.js';
import { sizeOf } from '../common/rowset.js';

const LISTS = [
  ['results', 'Found'],
  ['neighbours', 'Neighbours'],
  ['prototypes', 'All prototypes'],
  ['heat', 'Matching'],
  ['suspects', 'Suspects'],
  ['coverage', 'Coverage'],
  ['failures', 'Failures'],
  ['rows', 'Rows'],
];
const OFFERED = ['results', 'neighbours']; // while there is something in them
const OVER_THE_MAP = '(max-width: 760px)'; // there a list hides what it is to show, and the filters

export function mount(element) {
  const view = element.querySelector('.drawer-view');
  const buttons = new Map();
  const counts = new Map();
  let open = null;

  for (const [name, title] of LISTS) {
    counts.set(name, make('span', { class: 'figure' }));
    const toggle = () => turnTo(open === name ? null : name);
    buttons.set(name, listButton(name, title, counts.get(name), toggle));
    buttons.get(name).hidden = OFFERED.includes(name);
  }
  const fold = make(
    'button',
    { type: 'button', class: 'fold', 'aria-label': 'Fold the list', hidden: true },
    '✕',
  );
  fold.onclick = () => (buttons.get(open).focus(), turnTo(null));
  const filters = filtersButton();
  view.append(filters, ...buttons.values(), fold);

  function turnTo(name) {
    open = name;
    for (const [each, button] of buttons)
      button.setAttribute('aria-expanded', String(each === open));
    fold.hidden = open === null;
    const { dataset } = element.closest('#work');
    if (open) dataset.list = open;
    else delete dataset.list;
    if (open && isOverTheMap()) say('open-rail', false);
    say('list', open);
  }

  listen('open', ({ prototypes }) => {
    counts.get('prototypes').textContent = count(prototypes.length);
    tellRows(null);
    const asked = takeAsked(buttons);
    if (asked) turnTo(asked);
  });
  listen('unfold', turnTo);
  listen('offer', ({ name, n }) => {
    buttons.get(name).hidden = n === null;
    counts.get(name).textContent = n ? count(n) : '';
    if (n !== null) turnTo(name);
    else if (open === name) turnTo(null);
  });
  listen('rail', opens => opens && isOverTheMap() && turnTo(null));
  listen('matching', ({ set }) => tellRows(set));
  listen('select', ({ prototype }) => {
    if (prototype !== null && open && isOverTheMap()) turnTo(null);
  });

  function tellRows(set) {
    const n = set ? sizeOf(set) : 0;
    counts.get('rows').textContent = n ? `${count(n)} selected` : '';
    buttons.get('rows').classList.toggle('is-filled', n > 0);
    filters.classList.toggle('is-filled', n > 0);
  }
}

/** The list that a link asks for, once. */
function takeAsked(buttons) {
  const asked = new URLSearchParams(location.search).get('list');
  if (asked !== null) put({ list: null });
  return buttons.get(asked)?.hidden === false ? asked : null;
}

const isOverTheMap = () => matchMedia(OVER_THE_MAP).matches;

const filtersButton = () =>
  make(
    'button',
    { type: 'button', class: 'of-phones', onclick: () => say('open-rail') },
    'Filters',
  );

const listButton = (name, title, figure, onclick) =>
  make(
    'button',
    { type: 'button', 'aria-expanded': 'false', 'aria-controls': name, onclick },
    title,
    figure,
  );
