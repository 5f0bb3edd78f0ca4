// What every view shares: addresses, asking the server, building elements, telling each other.

/** @typedef {Node | string | null | undefined | false} Child */

/** The address of one of our own routes.
 * @param {string} path
 */
export function address(path) {
  const root = (window.gradio_config?.root || '').replace(/\/$/, '');
  return `${root}/gradio_api/explorer${path}`;
}

/** Asks one of our own routes for JSON; an error carries the sentence the server wrote.
 * @param {string} path
 * @param {AbortSignal | null} [signal]
 * @param {RequestInit} [options]
 */
export async function ask(path, signal, options = {}) {
  const answer = await fetch(address(path), { signal, ...options }).catch(error => {
    throw error.name === 'AbortError' ? error : new Error('The program does not answer.');
  });
  if (answer.ok) return answer.json();
  const body = await answer.json().catch(() => ({}));
  const detail = typeof body.detail === 'string' ? body.detail : '';
  throw new Error(detail || `The program answered ${answer.status}.`);
}

/** Builds an element; text always goes in as text, because captions come from anywhere.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, unknown>} attributes handlers, styles and plain values
 * @param {...(Child | Child[])} children
 */
export function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on'))
      made.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    else if (name === 'style') Object.assign(made.style, value);
    else made.setAttribute(name, value === true ? '' : String(value));
  }
  for (const child of children.flat())
    if (child !== null && child !== undefined && child !== false) made.append(child);
  return made;
}

/** Views know nothing of each other: they say what happened, and listen.
 * @param {string} name
 * @param {unknown} [detail] whatever the views agree on
 */
export function say(name, detail) {
  last.set(name, detail);
  document.dispatchEvent(new CustomEvent(`explorer:${name}`, { detail }));
}
/**
 * @template Detail
 * @param {string} name
 * @param {(detail: Detail) => void} heard
 */
export const listen = (name, heard) =>
  document.addEventListener(`explorer:${name}`, event =>
    heard(/** @type {CustomEvent} */ (event).detail),
  );
const last = new Map();

/** What was said last, for a view that is built when others are already there; or undefined.
 * @param {string} name
 */
export const lastSaid = name => last.get(name);

export const TABS = 'button[role=tab]';

export const tabs = () => [
  .../** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll(TABS)),
];
export const titleOf = (/** @type {Element} */ tab) => tab.textContent.trim();

/** Opens the tab with this title, as a click on it would.
 * @param {string} title
 */
export function openTab(title) {
  const tab = tabs().find(each => titleOf(each) === title);
  tab?.click();
}

/** Waits for what Gradio draws in its own time: all that fit the selector, once there is one.
 * @template {Element} Found
 * @param {string} selector
 * @returns {Promise<Found[]>}
 */
export const whenThere = selector =>
  new Promise(there => {
    const look = () => {
      const found = /** @type {NodeListOf<Found>} */ (document.querySelectorAll(selector));
      if (!found.length) return;
      watcher.disconnect();
      there([...found]);
    };
    const watcher = new MutationObserver(look);
    watcher.observe(document.body, { childList: true, subtree: true });
    look();
  });

/** Calls `once` again and again, `seconds` apart, until it returns false; rests while unseen.
 * @param {() => unknown} once
 * @param {number} seconds
 */
export function repeat(once, seconds) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let stopped = false;
  const step = async () => {
    const goesOn = document.hidden || (await once()) !== false;
    if (goesOn && !stopped) timer = setTimeout(step, seconds * 1000);
  };
  step();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

const LOOK_MS = 500; // between two looks how far it is

/** Looks again and again until a result is there that is computed behind the page, and has it made
 * where nobody does; every look is told. Gives the last one, null where the signal ended it before.
 * @template {{ making: Wire.Making | null }} Found
 * @param {AbortSignal} signal
 * @param {{ look: () => Promise<Found>, tell: (found: Found) => unknown,
 *   isThere: (found: Found) => unknown, begin: () => Promise<unknown>, every?: number }} does
 * @returns {Promise<Found | null>}
 */
export async function whenMade(signal, { look, tell, isThere, begin, every = LOOK_MS }) {
  while (!signal.aborted) {
    const found = await look();
    if (found.making?.problem) throw new Error(found.making.problem);
    tell(found);
    if (isThere(found)) return found;
    if (!found.making) await begin();
    await new Promise(done => setTimeout(done, every));
  }
  return null;
}

export const isDark = () => document.body.classList.contains('dark');

const THEME = 'theme';
let wasDark = false;
/** @type {MutationObserver | undefined} */
let themes;

/** Calls `changed` when the page turns dark or light, for as long as the element is in it.
 *
 * The page holds no element for this: what was taken out of it is forgotten.
 * @param {HTMLElement} element
 * @param {() => void} changed
 */
export function watchTheme(element, changed) {
  element.dataset.theme = '';
  element.addEventListener(THEME, changed);
  if (themes) return;
  wasDark = isDark();
  themes = new MutationObserver(() => {
    if (isDark() === wasDark) return;
    wasDark = isDark();
    const watching = document.querySelectorAll('[data-theme]');
    for (const each of watching) each.dispatchEvent(new Event(THEME));
  });
  themes.observe(document.body, { attributes: true, attributeFilter: ['class'] });
}

/** A colour of the theme, such as "--body-text-color", as the browser resolved it.
 * @param {string} name
 * @param {Element | null} [where]
 */
export const themeColour = (name, where = document.querySelector('.gradio-container')) =>
  getComputedStyle(where || document.body)
    .getPropertyValue(name)
    .trim();
