// The address of the page, which holds what can be kept and sent.

/** @typedef {Record<string, string | number | null>} Values */

/** Puts values into the address; null takes one out, and what else stands there stays.
 * @param {Values} values
 */
export function put(values) {
  const asked = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(values)) {
    if (value === null) asked.delete(name);
    else asked.set(name, String(value));
  }
  const search = asked.size ? `?${asked}` : '';
  history.replaceState(history.state, '', `${location.pathname}${search}${location.hash}`);
}
