// The line of a list that led to the row that is shown, and the one after it.

/** @type {Element | null} */
let followed = null;
let rowOf = -1;

/** Marks the line that leads to a row.
 * @param {Element} line
 * @param {number} row
 */
export function follow(line, row) {
  followed?.querySelector('button')?.removeAttribute('aria-current');
  [followed, rowOf] = [line, row];
  line.querySelector('button')?.setAttribute('aria-current', 'true');
}

/** What goes on to the next line, or null where none led to this row, or the last one did.
 * @param {number} row
 */
export function nextLine(row) {
  const next = followed?.isConnected && row === rowOf ? followed.nextElementSibling : null;
  if (!next) return null;
  return () => {
    next.scrollIntoView({ block: 'nearest' });
    next.querySelector('button')?.click();
  };
}
