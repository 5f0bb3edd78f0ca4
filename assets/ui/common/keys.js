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

/** Has what is typed into a field with a list take the place of what stands there. */
export function selectOnFocus() {
  document.addEventListener('focusin', ({ target }) => {
    const field = /** @type {Element} */ (target);
    if (!field.matches('.wrap input[role=combobox]')) return;
    requestAnimationFrame(() => /** @type {HTMLInputElement} */ (field).select()); // after the press has put the cursor
  });
}

/** Keeps Tab from fields with a list. Gradio's handler of keys goes on after the field was left, and
 * would open the list again, over what stands below. */
export function closeListsOnTab() {
  const stop = (/** @type {KeyboardEvent} */ event) => {
    const field = /** @type {Element} */ (event.target).closest?.('input[role=combobox]');
    if (field && event.key === 'Tab') event.stopImmediatePropagation();
  };
  window.addEventListener('keydown', stop, { capture: true });
}

/** Has Enter take the choice whose name is typed in full; Gradio would take the first that holds it
 * anywhere, such as “longest-caption: Random …” of “random”. */
export function takeNamesOnEnter() {
  const take = (/** @type {KeyboardEvent} */ event) => {
    const field = /** @type {HTMLInputElement | null} */ (
      /** @type {Element} */ (event.target).closest?.('.wrap input[role=combobox]')
    );
    if (!field || event.key !== 'Enter') return;
    const [first, ...others] = /** @type {NodeListOf<HTMLElement>} */ (
      document.querySelectorAll('[role=listbox] [role=option]')
    );
    const typed = `${field.value.trim().toLowerCase()}: `;
    const named = others.find(({ ariaLabel }) => ariaLabel?.toLowerCase().startsWith(typed));
    if (!named || !first.matches('.active')) return; // the arrows went on from the first
    event.stopImmediatePropagation();
    event.preventDefault();
    named.dispatchEvent(new MouseEvent('mousedown', { bubbles: true, cancelable: true }));
  };
  window.addEventListener('keydown', take, { capture: true });
}
