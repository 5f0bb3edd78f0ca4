// What a condition could go on with: names of columns, or after one and a sign the words it has.

const MOST = 8;
const AFTER_SIGN = /([\p{L}\p{N}_]+)\s*(?:=|!=|<>|in\s*\((?:[^()]*,)?)\s*$/u;
const AFTER_CONTAINS = /contains\s*\(\s*([\p{L}\p{N}_]+)\s*,\s*$/iu;
const BEGUN = /[\p{L}\p{N}_]+$/u; // outside of quotes

/** What is being written before the caret: { from, begun, column }, with the column whose words may
 * stand there, or ''.
 * @param {string} text
 * @param {number} caret
 */
export function writtenAt(text, caret) {
  const before = text.slice(0, caret);
  const begun = inQuotes(before)
    ? before.slice(before.search(/["“][^"“”]*$/))
    : BEGUN.exec(before)?.[0] || '';
  const from = caret - begun.length;
  const rest = before.slice(0, from);
  const column = (AFTER_CONTAINS.exec(rest) || AFTER_SIGN.exec(rest))?.[1] || '';
  return { from, begun, column };
}

/** @param {string} before */
const inQuotes = before => (before.match(/["“”]/g) || []).length % 2 === 1;

/** The few that fit, those that begin so first.
 * @param {string[]} all
 * @param {string} begun
 */
export function fitting(all, begun) {
  const wanted = begun.replace(/^["“]/, '').toLowerCase();
  /** @param {string} text */
  const place = text => text.toLowerCase().indexOf(wanted);
  const found = all.filter(text => place(text) >= 0);
  return found.sort((a, b) => Number(place(a) > 0) - Number(place(b) > 0)).slice(0, MOST);
}

/** A word as a condition has it.
 * @param {string} word
 */
export const quoted = word =>
  word.includes('"') ? `'${word.replaceAll("'", "''")}'` : `"${word}"`;
