// Columns as the server packs them; each is fetched once, whoever asks, as long as its values stay.

import { address, ask, say } from './page.js';

/** @typedef {ReturnType<typeof unpack>} Column */

export const NOTHING = 0xffff; // the place of a cell without a word
const KEPT = 64; // columns, the oldest are dropped
/** @type {Map<string, Promise<Column>>} */
const columns = new Map();
/** @type {{ key: string, list: Promise<Wire.Columns> } | null} */
let listed = null;

/** @typedef {Wire.ColumnAbout & { path?: string }} About */
/** @type {{ key: string, columns: About[] } | null} */
let given = null;

/** Which columns a prepared dataset has, and those that a view has given; `again` where more may be
 * known by now.
 * @param {string} key
 * @param {boolean} [again]
 * @returns {Promise<Omit<Wire.Columns, 'columns'> & { columns: About[] }>}
 */
export async function fetchColumns(key, again = false) {
  if (listed?.key !== key || again) listed = { key, list: ask(`/prepared/${key}/columns`) };
  const found = await listed.list;
  const more = given?.key === key ? given.columns : [];
  return { ...found, columns: [...found.columns, ...more] };
}

/** Gives columns of a dataset that a view knows beside those of the data; their cells are at `path`.
 * No query reaches them.
 * @param {string} key
 * @param {About[]} columns
 */
export function giveColumns(key, columns) {
  given = { key, columns };
  say('given-columns', key);
}

/** The cells of a column, one for each image or caption.
 * @param {string} key
 * @param {About} about
 */
export function fetchColumn(key, about) {
  const name = `${about.of}/${about.name}`;
  let found = columns.get(name);
  if (!found) {
    found = load(key, about);
    columns.set(name, found);
    found.catch(() => columns.delete(name));
    for (const each of [...columns.keys()].slice(0, -KEPT)) columns.delete(each);
  }
  return found;
}

/**
 * @param {string} key
 * @param {About} about
 */
async function load(key, { name, of, title, path }) {
  const usual = `/prepared/${key}/columns/${encodeURIComponent(name)}.bin?of=${of}`;
  const answer = await fetch(address(path ?? usual));
  if (!answer.ok) throw new Error(`${title} could not be loaded (${answer.status}).`);
  return unpack(await answer.arrayBuffer());
}

/** Reads what explorer/ui/routes/columns.py packed: `values` are numbers, or places in `names` with
 * 65535 for none; of lists `starts` says where each begins.
 * @param {ArrayBuffer} buffer
 */
export function unpack(buffer) {
  const length = new Uint32Array(buffer, 0, 1)[0];
  /** @type {{ kind: string, per: string, n: number, names: string[] }} */
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const from = 4 + length;
  const { kind, n } = header;
  if (kind === 'number')
    return { ...header, values: new Float32Array(buffer, from, n), starts: null };
  if (kind === 'date')
    return { ...header, values: new Float64Array(buffer, from, n), starts: null };
  if (kind === 'words')
    return { ...header, values: new Uint16Array(buffer, from, n), starts: null };
  const starts = new Uint32Array(buffer, from, n + 1);
  return { ...header, values: new Uint16Array(buffer, from + 4 * (n + 1), starts[n]), starts };
}
