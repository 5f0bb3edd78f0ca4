// The point that was clicked, or the row that a list led to: that caption first, the others below it,
// each with how well it fits the image.

import { nextLine } from '../common/lines.js';
import { fixed } from '../common/numbers.js';
import { make, say } from '../common/page.js';
import { distillRows } from '../common/subset.js';

/** `row` is a Wire.Point with the { key } of its data and the number of the `wanted` row, or null. */
export function clickedRow(row) {
  const { key, thumbnail, captions, row: first, similarity, wanted } = row;
  const isChosen = Number.isInteger(wanted);
  const at = isChosen ? wanted - first : 0;
  const next = isChosen ? nextLine(wanted) : null;
  const others = captions.map((_, i) => i).filter(i => i !== at);
  return make(
    'div',
    { class: 'clicked' },
    make('img', { src: thumbnail, alt: '', width: 56, height: 56 }),
    make(
      'div',
      {},
      make('p', { class: 'hint' }, isChosen ? 'You chose' : 'You clicked'),
      captions.length ? caption('p', captions[at], similarity[at]) : null,
      others.length ? rest(others.map(i => caption('li', captions[i], similarity[i]))) : null,
      make(
        'div',
        { class: 'tools' },
        next ? tool('Next', 'The next line of the list that led here', next) : null,
        tool('Neighbours', 'What is most like it', () => say('neighbours')),
        ...leaving(key, first + at),
      ),
    ),
  );
}

function caption(tag, text, similarity) {
  const title = 'Cosine of this caption and the image';
  return make(tag, {}, text, ' ', make('span', { class: 'hint figure', title }, fixed(similarity)));
}

const rest = lines =>
  make(
    'details',
    {},
    make(
      'summary',
      { class: 'hint' },
      `and ${lines.length} more ${lines.length === 1 ? 'caption' : 'captions'}`,
    ),
    make('ul', {}, lines),
  );

/** A button that opens Distill with all rows but this one. */
function leaving(key, row) {
  const problem = make('span', { class: 'problem', role: 'alert' });
  const leave = () =>
    distillRows(key, Int32Array.of(row), true).catch(
      error => (problem.textContent = error.message),
    );
  const button = tool(
    'Leave out',
    'Opens Distill with all rows but this caption with its image',
    leave,
  );
  button.classList.add('of-captions');
  return [button, problem];
}

const tool = (text, title, onclick) =>
  make('button', { type: 'button', class: 'tool is-small', title, onclick }, text);
