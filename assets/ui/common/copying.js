// A button that puts a text on the clipboard, and says for a moment that it did.

const COPIED = 'Copied';
const COPIED_MS = 2000;

/** Rejects where the browser does not allow it.
 * @param {HTMLElement} button
 * @param {string} text
 */
export async function copyBy(button, text) {
  await navigator.clipboard.writeText(text);
  const before = button.textContent;
  if (before === COPIED) return; // it is pressed again before it has said so
  button.textContent = COPIED;
  setTimeout(() => (button.textContent = before), COPIED_MS);
}
