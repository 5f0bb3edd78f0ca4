// What checks of images and captions have found: a part for each that found something. Images are
// measured when somebody asks for it.

import { roughly } from '../common/numbers.js';
import { ask, make } from '../common/page.js';
import { foundLine } from './found.js';
import { fill, offerRows, part } from './part.js';

const LOOK_MS = 1000; // between two looks how far the measuring is

export function makeChecks() {
  const element = make('div', { class: 'checks' });
  const line = make('p', { class: 'hint', role: 'status' });
  const measure = make('button', { type: 'button', class: 'tool', hidden: true });
  const title = make('h3', {}, 'Checks');
  const bar = make(
    'section',
    { class: 'checks-bar', 'aria-label': 'Checks' },
    title,
    line,
    measure,
  );

  /** Asks what was found in a dataset, until all is known or `signal` ends it; light(rows) shows
   * rows on the map. */
  async function open(key, signal, light) {
    const path = `/prepared/${key}`;
    measure.onclick = () =>
      ask(`${path}/measures`, signal, { method: 'POST' }).then(look, error => tell(error.message));

    async function look() {
      try {
        const answer = await ask(`${path}/checks`, signal);
        element.replaceChildren(
          ...answer.found.filter(({ n }) => n).map(each => partOf(key, each, light)),
        );
        tell(answer.line || 'Nothing was found.');
        if (!offer(answer.measuring)) return;
        await new Promise(done => setTimeout(done, LOOK_MS));
        await look();
      } catch (error) {
        if (error.name !== 'AbortError') tell(error.message);
      }
    }

    await look();
  }

  const tell = text => (line.textContent = text);

  /** Says that the images are not measured; returns whether they are being measured. */
  function offer(measuring) {
    measure.hidden = !measuring;
    if (!measuring) return false;
    const { making } = measuring;
    const isGoing = Boolean(making) && !making.problem;
    measure.disabled = isGoing;
    measure.textContent = isGoing
      ? making.text || 'Checking the images …'
      : `Check the images, too (${roughly(measuring.seconds ?? 0)})`;
    if (making?.problem) tell(making.problem);
    return isGoing;
  }

  return { bar, element, open };
}

function partOf(key, { title, meaning, n, rows, results }, light) {
  const own = part(title, meaning);
  const lines = results.map(each => foundLine(key, each));
  fill(own, lines, '', n);
  offerRows(own, key, rows, light);
  return own.element;
}
