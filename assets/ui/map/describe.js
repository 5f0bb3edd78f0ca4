// What stands around the map in words: what it shows, what is missing, which choices there are.

import { COLOURINGS, fits } from './colouring.js';
import { count, fixed } from '../common/numbers.js';

/** Fills the elements of elements.js from the map's state; `backend` is how the points are drawn. */
export function describe(dom, state, backend) {
  const { about, points, space } = state;
  dom.facts.textContent = facts(about, points, space, backend);
  dom.note.textContent = (state.awaited && state.working) || about.spaces[space]?.note || '';
  dom.advice.textContent = about.advice;
  dom.advice.hidden = !about.advice;
  for (const button of dom.spaces) {
    const name = button.dataset.space;
    button.setAttribute('aria-pressed', name === space);
    button.disabled = !about.spaces[name] && Boolean(state.working);
    button.title = about.spaces[name]
      ? ''
      : button.disabled
        ? 'Still being laid out'
        : 'Lays this map out first';
  }
  for (const option of dom.ownColours.querySelectorAll('option')) {
    const one = COLOURINGS.find(({ name }) => name === option.value);
    option.hidden = option.disabled = !fits(one, space, about.classes);
  }
  dom.colourBy.value = state.coloured.name;
}

function facts({ prototypes, edits, n_images, modality_gap }, { n, k, start }, space, backend) {
  const pairless = prototypes.filter(({ n_shared }) => !n_shared).length;
  const left = start[1];
  const shown = {
    image: `${count(n)} images`,
    caption: `${count(n)} captions`,
    both: `${count(n_images)} images, ${count(n - n_images)} captions`,
  }[space];
  return (
    `${shown} · ${count(k)} prototypes` +
    (pairless ? `, ${count(pairless)} pairless (squares)` : '') +
    (edits.length ? `, ${count(edits.length)} ${edits.length === 1 ? 'edit' : 'edits'}` : '') +
    (left ? ` · ${count(left)} in no prototype` : '') +
    (space === 'both' ? ` · modality gap ${fixed(modality_gap)}` : '') +
    (backend === 'canvas2d' ? ' · drawn without WebGL' : '')
  );
}
