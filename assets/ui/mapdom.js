// The elements of the map: what stands above, on and below it.

import { COLOURINGS } from './colouring.js';
import { make } from './page.js';

const TOOLS = [
  ['move', 'Move', 'Dragging moves the map. With Shift it draws a box, and a click adds a point.'],
  ['lasso', 'Lasso', 'Draw around points to select their rows. With Shift they are added.'],
  ['box', 'Box', 'Draw a box around points to select their rows. With Shift they are added.'],
];

export function buildMap(view) {
  const space = (name, text) =>
    make('button', { type: 'button', class: 'segment', 'data-space': name, 'aria-pressed': 'false', disabled: true }, text);
  const tool = (label, text) =>
    make('button', { type: 'button', class: 'tool', 'aria-label': label, title: label }, text);
  const dom = {
    spaces: [space('image', 'Pictures'), space('caption', 'Captions'), space('both', 'Both')],
    colourBy: make('select', { class: 'tool', id: 'colour-by' },
      COLOURINGS.map(({ name, title }) => make('option', { value: name }, title))),
    legend: make('div', { class: 'map-legend', role: 'group', 'aria-label': 'What the colours mean' }),
    tools: TOOLS.map(([name, text, title]) =>
      make('button', { type: 'button', class: 'segment', title, 'data-tool': name, 'aria-pressed': String(name === 'move') }, text)),
    clear: make('button', { type: 'button', class: 'tool', disabled: true, 'aria-label': 'Clear the selection' }, 'Clear'),
    further: tool('Zoom out', '−'),
    closer: tool('Zoom in', '+'),
    reset: make('button', { type: 'button', class: 'tool' }, 'Reset view'),
    copy: make('button', { type: 'button', class: 'tool copy-link', title: 'Copies an address that opens this view' }, 'Copy link'),
    density: make('canvas', { hidden: true }),
    canvas: make('canvas'),
    marks: make('canvas', { 'aria-hidden': 'true' }),
    notice: make('div', { class: 'map-notice' }),
    facts: make('span'),
    note: make('span'),
    advice: make('p', { class: 'remark', hidden: true }),
    announced: make('div', { class: 'unseen', role: 'status' }),
  };
  dom.frame = make('div', {
    class: 'map-frame', tabindex: 0, role: 'application',
    'aria-label': 'Map of the dataset. Arrow keys move, plus and minus zoom, zero shows all, ' +
      'Enter selects the point nearest the centre, Shift and Enter adds it to the rows, Escape clears.',
  }, dom.density, dom.canvas, dom.marks);
  view.replaceChildren(
    dom.advice,
    make('div', { class: 'map-bar' },
      make('div', { class: 'segments', role: 'group', 'aria-label': 'What the map places' }, dom.spaces),
      make('div', { class: 'segments', role: 'group', 'aria-label': 'What dragging does' }, dom.tools),
      make('div', { class: 'tools' }, dom.clear, dom.further, dom.closer, dom.reset, dom.copy)),
    make('div', { class: 'map-stage' }, dom.frame, dom.notice),
    make('div', { class: 'map-colours' },
      make('label', { for: 'colour-by' }, 'Colour by'), dom.colourBy, dom.legend),
    make('div', { class: 'map-foot' }, dom.facts, dom.note),
    dom.announced);
  return dom;
}
