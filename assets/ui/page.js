// What every view shares: addresses, asking the server, building elements, telling each other.

const root = (window.gradio_config?.root || '').replace(/\/$/, '');

/** The address of one of our own routes. */
export const address = path => `${root}/gradio_api/explorer${path}`;

/** Asks one of our own routes for JSON; an error carries the sentence the server wrote. */
export async function ask(path, signal, options = {}) {
  const answer = await fetch(address(path), { signal, ...options }).catch(error => {
    throw error.name === 'AbortError' ? error : new Error('The program does not answer.');
  });
  if (answer.ok) return answer.json();
  const body = await answer.json().catch(() => ({}));
  const detail = typeof body.detail === 'string' ? body.detail : '';
  throw new Error(detail || `The program answered ${answer.status}.`);
}

/** Builds an element; text always goes in as text, because captions come from anywhere. */
export function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
    else if (name === 'style') Object.assign(made.style, value);
    else made.setAttribute(name, value === true ? '' : value);
  }
  made.append(...children.flat().filter(child => child !== null && child !== undefined));
  return made;
}

/** Views know nothing of each other: they say what happened, and listen. */
export function say(name, detail) {
  last.set(name, detail);
  document.dispatchEvent(new CustomEvent(`explorer:${name}`, { detail }));
}
export const listen = (name, heard) =>
  document.addEventListener(`explorer:${name}`, event => heard(event.detail));
const last = new Map();

/** What was said last, for a view that is built when others are already there; or undefined. */
export const lastSaid = name => last.get(name);

/** Opens the tab with this title, as a click on it would. */
export function openTab(title) {
  const tabs = [...document.querySelectorAll('button[role=tab]')];
  tabs.find(tab => tab.textContent.trim() === title)?.click();
}

/** Calls `once` again and again, `seconds` apart, until it returns false; rests while unseen. */
export function repeat(once, seconds) {
  let timer = 0;
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

export const count = value => Number(value).toLocaleString('en-US');
export const fixed = (value, digits = 2) =>
  value === null || value === undefined || Number.isNaN(value) ? '–' : Number(value).toFixed(digits);

/** "8 s", "3 min 20 s", "1 h 5 min". */
export function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

export const isDark = () => document.body.classList.contains('dark');

/** Calls `changed` when the page turns dark or light. */
export function watchTheme(changed) {
  let was = isDark();
  new MutationObserver(() => {
    if (isDark() === was) return;
    was = isDark();
    changed();
  }).observe(document.body, { attributes: true, attributeFilter: ['class'] });
}

/** A colour of the theme, such as "--body-text-color", as the browser resolved it. */
export const themeColour = (name, where = document.querySelector('.gradio-container')) =>
  getComputedStyle(where || document.body).getPropertyValue(name).trim();
