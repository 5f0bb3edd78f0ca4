// The elements of the map: what stands above, on and below it.

import { COLOURINGS } from './colouring.js';
import { make } from '../common/page.js';

const TOOLS = [
  ['move', 'Move', 'Dragging moves the map. With Shift it draws a box, and a click adds a point.'],
  ['lasso', 'Lasso', 'Draw around points to select their rows. With Shift they are added.'],
  ['box', 'Box', 'Draw a box around points to select their rows. With Shift they are added.'],
];

export function buildMap(view) {
  const notice = view.querySelector('.map-notice'); // says already that the page is being opened
  const dom = { ...controls(), ...canvases(), ...texts(), notice };
  dom.frame = make('div', FRAME, dom.density, dom.canvas, dom.marks);
  dom.bar = bar(dom);
  dom.below = make(
    'div',
    { class: 'map-below' },
    dom.advice,
    dom.making,
    make(
      'div',
      { class: 'map-colours' },
      make('label', { for: 'colour-by' }, 'Colour by'),
      dom.colourBy,
      dom.legend,
    ),
    make('div', { class: 'map-foot' }, dom.facts, dom.note),
  );
  dom.nothing = nothing(dom.reset);
  const stage = make('div', { class: 'map-stage' }, dom.frame, dom.nothing, dom.notice);
  view.replaceChildren(stage, dom.bar, dom.below, dom.announced);
  return dom;
}

/** What is seen where the map shows no point. */
const nothing = reset =>
  make(
    'p',
    { class: 'map-nothing', role: 'status', hidden: true },
    'No points here. ',
    make('button', { type: 'button', class: 'tool', onclick: () => reset.click() }, 'Show all'),
  );

const FRAME = {
  class: 'map-frame',
  tabindex: 0,
  role: 'application',
  'aria-label':
    'Map of the dataset. Arrow keys move, plus and minus zoom, zero shows all, ' +
    'Enter selects the point nearest the centre, Shift and Enter adds it to the rows, Escape clears.',
};

function controls() {
  const button = (kind, text, rest) =>
    make('button', { type: 'button', class: kind, ...rest }, text);
  const space = (name, text) =>
    button('segment', text, { 'data-space': name, 'aria-pressed': 'false', disabled: true });
  const zoom = (label, text) => button('tool', text, { 'aria-label': label, title: label });
  return {
    spaces: [space('image', 'Images'), space('caption', 'Captions'), space('both', 'Both')],
    tools: TOOLS.map(([name, text, title]) =>
      button('segment', text, {
        title,
        'data-tool': name,
        'aria-pressed': String(name === 'move'),
      }),
    ),
    clear: button('tool', 'Clear', { disabled: true, 'aria-label': 'Clear the selection' }),
    further: zoom('Zoom out', '−'),
    closer: zoom('Zoom in', '+'),
    reset: button('tool', 'Fit', { 'aria-label': 'Reset view', title: 'Shows the whole map' }),
    images: button('tool', '▦', {
      'aria-label': 'Thumbnails',
      title: 'Turns points into images where the map is close (I)',
    }),
    copy: button('tool copy-link', 'Copy link', {
      title: 'Copies an address that opens this view',
    }),
    ...colourChoice(),
  };
}

/** What the map knows itself, and the columns of the data. */
function colourChoice() {
  const options = COLOURINGS.map(({ name, title }) => make('option', { value: name }, title));
  const ownColours = make('optgroup', { label: 'Of the map' }, options);
  const columns = make('optgroup', { label: 'Columns', hidden: true });
  const named = { class: 'tool', id: 'colour-by', 'aria-label': 'Colour by' }; // phones hide its label
  const colourBy = make('select', named, ownColours, columns);
  return { ownColours, columns, colourBy };
}

/** Offers the columns that the map does not colour by under a name of its own. */
export function offerColumns({ columns, colourBy }, found, coloured) {
  const own = new Set(COLOURINGS.map(({ name }) => name));
  const fitting = found.filter(
    each => each.is_there && each.kind !== 'text' && !own.has(each.name),
  );
  columns.hidden = !fitting.length;
  columns.replaceChildren(
    ...fitting.map(({ name, title }) => make('option', { value: `column:${name}` }, title)),
  );
  if (coloured) colourBy.value = coloured;
}

const canvases = () => ({
  density: make('canvas', { hidden: true }),
  canvas: make('canvas'),
  marks: make('canvas', { 'aria-hidden': 'true' }),
});

const texts = () => ({
  legend: make('div', {
    class: 'map-legend',
    role: 'group',
    'aria-label': 'What the colours mean',
  }),
  facts: make('span'),
  note: make('span'),
  making: make('p', { class: 'map-making', hidden: true }),
  advice: make('p', { class: 'remark map-advice', hidden: true }),
  announced: make('div', { class: 'unseen', role: 'status' }),
});

function bar(dom) {
  const segments = (label, buttons, more = '') =>
    make('div', { class: `segments${more}`, role: 'group', 'aria-label': label }, buttons);
  return make(
    'div',
    { class: 'map-bar' },
    segments('What the map places', dom.spaces, ' of-captions'),
    segments('What dragging does', dom.tools),
    make(
      'div',
      { class: 'tools' },
      dom.clear,
      dom.images,
      dom.further,
      dom.closer,
      dom.reset,
      dom.copy,
    ),
  );
}
