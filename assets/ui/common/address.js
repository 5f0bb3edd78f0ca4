// The address of the page, which holds what can be kept and sent.

/** @typedef {Record<string, string | number | null>} Values */

let last = ''; // what was put; what the history keeps may be older

/** Puts values into the address; null takes one out, and what else stands there stays.
 * @param {Values} values
 */
export function put(values) {
  const asked = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(values)) {
    if (value === null) asked.delete(name);
    else asked.set(name, String(value));
  }
  last = asked.size ? `?${asked}` : '';
  replace(last);
}

/** The same as a step that Back undoes.
 * @param {Values} values
 */
export function step(values) {
  history.pushState(history.state, '', location.href);
  put(values);
}

/** Calls changed(value) when Back or Forward change `name`; what else was put stays in the address.
 * @param {string} name
 * @param {(value: string | null) => void} changed
 */
export function whenStepped(name, changed) {
  last = location.search;
  window.addEventListener('popstate', () => {
    const value = new URLSearchParams(location.search).get(name);
    replace(last);
    put({ [name]: value });
    changed(value);
  });
}

const replace = (/** @type {string} */ search) =>
  history.replaceState(history.state, '', `${location.pathname}${search}${location.hash}`);
