// Rows that the program is to work on: packed for a request, and as the only ones to be distilled.

import { ask, openTab, say } from './page.js';

/** @param {Int32Array} rows */
export const posted = rows => ({
  method: 'POST',
  body: rows,
  headers: { 'Content-Type': 'application/octet-stream' },
});

/** Has rows distilled alone, or all but them, as the form of Distill says then.
 * @param {string} key
 * @param {Int32Array} rows
 * @param {boolean} leaveOut
 */
export async function distillRows(key, rows, leaveOut) {
  const path = `/prepared/${key}/subsets?leave_out=${leaveOut}`;
  say('subset', await ask(path, undefined, posted(rows)));
  openTab('Distill');
}
