// A slider over the moments of a set that is learned. At its end it goes along with the run, and
// to the moment that is kept in the end; anywhere else it stays where somebody put it.

import { count } from '../common/numbers.js';
import { make } from '../common/page.js';

const FRAME = 350; // milliseconds of each moment while they are played

/**
 * Calls `changed(moment)` when another of the moments ({ step, source }, by rising step) is to be
 * seen; `told(step)` says what is known of a step besides its number.
 */
export function makeMoments(changed, told) {
  const slider = make('input', { type: 'range', min: 0, step: 1, 'aria-label': 'Moment' });
  const said = make('output', { class: 'hint figure' });
  const film = makeFilm(() => {
    if (place() === moments.length - 1 && !film.isOn()) return goTo(0);
    goTo(place() + 1);
    return place() < moments.length - 1;
  });
  const element = make('div', { class: 'moments' }, film.button, slider, said);
  let moments = [];
  let chosen = null; // the step where somebody stopped; null at the end, or where it is kept
  let kept = null; // the step that the set is of, where it is not the last
  let seen = '';

  function place() {
    const wanted = chosen ?? kept ?? Infinity;
    return Math.max(
      0,
      moments.findLastIndex(({ step }) => step <= wanted),
    );
  }

  function update(found, best = null) {
    [moments, kept] = [found, best];
    film.button.disabled = slider.disabled = moments.length < 2;
    slider.max = Math.max(1, moments.length - 1);
    show();
  }

  function goTo(at) {
    const last = moments.length - 1;
    chosen = at >= last && kept === null ? null : moments[Math.min(at, last)].step;
    show();
  }

  function show() {
    const moment = moments[place()];
    slider.value = moments.length === 1 ? slider.max : Math.max(0, place());
    said.textContent = moment ? `Step ${count(moment.step)}${told(moment.step)}` : '';
    slider.setAttribute('aria-valuetext', said.textContent);
    const now = moment?.source('') ?? '';
    if (moment && now !== seen) changed(moment);
    seen = now;
  }

  function clear() {
    film.halt();
    [chosen, seen] = [null, ''];
    update([]);
  }

  slider.oninput = () => (film.halt(), goTo(Number(slider.value)));
  return { element, update, clear };
}

/** A button that plays: calls next() until it returns false, or somebody stops it. */
function makeFilm(next) {
  const button = make('button', { type: 'button', class: 'tool is-small', onclick: turn }, 'Play');
  let timer = null;

  function turn() {
    if (timer) return halt();
    next();
    button.textContent = 'Stop';
    timer = setInterval(() => next() || halt(), FRAME);
  }

  function halt() {
    clearInterval(timer);
    timer = null;
    button.textContent = 'Play';
  }

  return { button, halt, isOn: () => timer !== null };
}
