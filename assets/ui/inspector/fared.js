// How the items of test that are most like a prototype fared in the newest run, beside all of test.

import { count } from '../common/numbers.js';
import { ask, make, say } from '../common/page.js';
import { headOf } from '../common/run.js';

const LOOK_MS = 500; // between two looks how far test is
const NAMES = { image: ['image', 'images'], caption: ['caption', 'captions'] };

/** A part of the inspector that stays hidden while no run says anything. */
export function faredAt({ key }, { prototype }) {
  const body = make('div');
  const of = make('span');
  const element = make(
    'section',
    { class: 'fared', 'aria-label': 'Test at this prototype', hidden: true },
    make('h3', {}, 'Test at this prototype', of),
    body,
  );
  const isGone = () => !element.isConnected;

  async function look() {
    const found = await ask(`/prepared/${key}/prototypes/${prototype}/fared`);
    element.hidden = !found;
    if (!found) return;
    of.textContent = `${headOf(found.run)}, ${found.network}`;
    if (found.making?.problem) throw new Error(found.making.problem);
    body.replaceChildren(
      ...(found.is_there ? lines(found.recall) : waiting(found.making, () => begin().catch(fail))),
    );
    if (!found.making) return;
    await new Promise(done => setTimeout(done, LOOK_MS));
    if (!isGone()) await look();
  }

  async function begin() {
    await ask(`/prepared/${key}/embedded/test`, undefined, { method: 'POST' });
    await look();
  }

  const fail = ({ message }) =>
    body.replaceChildren(make('p', { class: 'problem', role: 'alert' }, message));
  imagesBeside(element)
    .then(() => isGone() || look())
    .catch(fail);
  return element;
}

/** When the images around it are there, which somebody looks at first. */
async function imagesBeside(element) {
  await null; // the inspector is put together
  const images = [...(element.parentElement?.querySelectorAll('img') ?? [])];
  await Promise.allSettled(images.map(image => image.decode()));
}

/** While it is not known which items are near: a way to find out, or how far that is. */
function waiting(making, begin) {
  if (making) return [make('p', { class: 'hint', role: 'status' }, making.text)];
  const title = 'Embeds the test split once, for all prototypes';
  return [
    make(
      'button',
      { type: 'button', class: 'tool', title, onclick: begin },
      'Find what is near it',
    ),
  ];
}

function lines(recall) {
  if (!recall.some(({ n }) => n))
    return [make('p', { class: 'hint' }, 'No image of test is most like this prototype.')];
  const go = () => say('unfold', 'failures');
  return [
    make('ul', {}, recall.filter(({ n }) => n).map(line)),
    make('button', { type: 'button', class: 'tool is-small', onclick: go }, 'Look in Failures'),
  ];
}

const percent = share => `${(100 * share).toFixed(1)} %`;

function line({ space, n, k, first, among, first_of_all: ofAll }) {
  const what = NAMES[space][Number(n !== 1)];
  return make(
    'li',
    {},
    `${count(n)} ${what}: `,
    make('strong', { class: 'figure' }, percent(first)),
    ` find their partner first, ${percent(among)} among ${k}; of all of test ${percent(ofAll)} first.`,
  );
}
