// Keys that work anywhere on a tab, but not while somebody types.

const TYPED_IN = 'input, textarea, select, [contenteditable], [role=combobox]';

/** Calls does() when `key` is pressed alone while `element` can be seen.
 * @param {string} key
 * @param {Element} element
 * @param {() => void} does
 */
export function onKey(key, element, does) {
  document.addEventListener('keydown', event => {
    const { target, ctrlKey, metaKey, altKey } = event;
    if (event.key !== key || ctrlKey || metaKey || altKey) return;
    if (/** @type {Element} */ (target).closest?.(TYPED_IN) || !element.checkVisibility()) return;
    event.preventDefault();
    does();
  });
}
