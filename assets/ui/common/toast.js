// A message that comes where one looks, with one thing that can be done about it, and goes by itself.

import { make } from './page.js';

const STAYS_MS = 9000;
/** @type {{ place: HTMLElement, timer: number } | null} */
let shown = null;

/** @param {string} text
 * @param {{ label: string, does: () => void } | null} [action]
 */
export function toast(text, action = null) {
  const now = (shown ??= begin());
  const button =
    action &&
    make('button', { type: 'button', onclick: () => (hide(), action.does()) }, action.label);
  now.place.replaceChildren(make('p', {}, text), ...(button ? [button] : []));
  now.place.hidden = false;
  stay();
}

export function hide() {
  if (shown) shown.place.hidden = true;
}

function stay() {
  if (!shown) return;
  clearTimeout(shown.timer);
  shown.timer = window.setTimeout(hide, STAYS_MS);
}

function begin() {
  const place = make('div', { class: 'toast', role: 'status', hidden: true });
  place.addEventListener('pointerenter', () => shown && clearTimeout(shown.timer));
  place.addEventListener('pointerleave', stay);
  document.querySelector('.gradio-container')?.append(place);
  return { place, timer: 0 };
}
