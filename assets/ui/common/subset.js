// Rows that the program is to work on: packed for a request, and as the only ones to be distilled.

import { address, ask, openTab, say } from './page.js';
import { saveBlob } from './saving.js';

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

/** Saves rows, in their order, as a file whose ending says how: csv or json.
 * @param {string} key
 * @param {Int32Array} rows
 * @param {string} name
 */
export async function saveRows(key, rows, name) {
  const kind = name.slice(name.lastIndexOf('.') + 1);
  const answer = await fetch(address(`/prepared/${key}/rows.${kind}`), posted(rows));
  if (!answer.ok) throw new Error(`The rows could not be exported (${answer.status}).`);
  saveBlob(name, await answer.blob());
}
