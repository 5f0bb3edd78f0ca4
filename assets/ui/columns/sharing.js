// What filters the rows, in the address of the page, so that a link opens the same rows: brushes and
// words by column, the condition, and the selected rows. What an address asks for in vain is left out.

import { put } from '../common/address.js';
import { count } from '../common/numbers.js';
import { say } from '../common/page.js';
import { sizeOf } from '../common/rowset.js';
import { packRows } from './rowtext.js';

const LONGEST = 8000; // characters of an address that browsers, servers and mail programs take
const WAIT_MS = 300; // browsers allow few changes of an address per second
const FILTERS = 31; // as many as work at once

/** @typedef {(number | string | null)[]} Wanted ends of a range, or words with null for none */

/** What an address asks for; each may be empty.
 * @param {string} search
 * @returns {{ filters: Map<string, Wanted>, where: string, rows: string }}
 */
export function readFilters(search) {
  const asked = new URLSearchParams(search);
  return {
    filters: readWanted(asked.get('filters')),
    where: asked.get('where') ?? '',
    rows: asked.get('rows') ?? '',
  };
}

/** @param {string | null} text @returns {Map<string, Wanted>} */
function readWanted(text) {
  const found = parsed(text);
  if (typeof found !== 'object' || found === null || Array.isArray(found)) return new Map();
  const isPlain = (/** @type {unknown} */ each) =>
    each === null || typeof each === 'string' || Number.isFinite(each);
  return new Map(
    Object.entries(found)
      .filter(([, values]) => Array.isArray(values) && values.length && values.every(isPlain))
      .slice(0, FILTERS),
  );
}

/** @param {string | null} text @returns {unknown} */
function parsed(text) {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return null; // somebody cut the link, or wrote it
  }
}

/** The bins of a range, as near as they come; null for what is none.
 * @param {Wanted} wanted
 * @param {{ low: number, step: number, size: number }} bins
 * @returns {[number, number] | null}
 */
export function rangeOf([from, to], { low, step, size }) {
  if (typeof from !== 'number' || typeof to !== 'number') return null;
  const [first, last] = [from, to].map(value =>
    Math.max(0, Math.min(size, Math.round((value - low) / step))),
  );
  return first < last ? [first, last] : null;
}

/** @param {string} part @param {number} n */
const refusal = (part, n) =>
  `A link has at most ${count(LONGEST)} characters, and ${part} takes more. ` +
  (n ? 'Tag these rows and filter by the tag: a tag fits into a link.' : 'Choose fewer words.');

/**
 * Keeps the address up to date with `shown()`, { filters: [[name, values]], where, set }, which is asked
 * for only once restored() was called. Views are told with say('unlinked', sentence) what does not fit,
 * "" where all does.
 */
export function makeSharing(shown) {
  let [timer, isRestored] = [0, false];

  function write() {
    clearTimeout(timer);
    const { filters, where, set } = shown();
    const asked = {
      filters: filters.length ? JSON.stringify(Object.fromEntries(filters)) : null,
      where: where || null,
      rows: set ? packRows(set) : null,
    };
    const others = new URLSearchParams(location.search);
    for (const name of Object.keys(asked)) others.delete(name);
    const room =
      LONGEST - location.origin.length - location.pathname.length - String(others).length;
    const [fitting, problem] = fitted(asked, room, set ? sizeOf(set) : 0);
    put(fitting);
    say('unlinked', problem);
  }

  return {
    changed() {
      if (!isRestored) return;
      clearTimeout(timer);
      timer = setTimeout(write, WAIT_MS);
    },
    restored: () => (isRestored = true),
  };
}

/** What fits into an address, and what a reader must know of what does not.
 * @param {Record<'filters' | 'where' | 'rows', string | null>} asked
 * @param {number} room
 * @param {number} n of the selected rows
 * @returns {[Record<string, string | null>, string]}
 */
export function fitted(asked, room, n) {
  const takes = (/** @type {Record<string, string | null>} */ values) =>
    new URLSearchParams(
      Object.entries(values).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
    ).toString().length;
  if (takes(asked) <= room) return [asked, ''];
  const without = { ...asked, rows: null };
  const rows = `the selection of ${count(n)} rows`;
  if (takes(without) <= room) return [without, refusal(rows, n)];
  return [{ filters: null, where: null, rows: null }, refusal('what filters the rows', 0)];
}
