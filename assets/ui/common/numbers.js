// Numbers as a person reads them: counts, durations, amounts of memory.

/** @param {number} value */
export const count = value => Number(value).toLocaleString('en-US');
/** "1 row", "1,204 rows".
 * @param {number} n
 */
export const rows = n => `${count(n)} ${n === 1 ? 'row' : 'rows'}`;
/** @param {number | null | undefined} value */
export const fixed = (value, digits = 2) =>
  value === null || value === undefined || Number.isNaN(value)
    ? '–'
    : Number(value).toFixed(digits);

/** "8 s", "3 min 20 s", "1 h 5 min".
 * @param {number} seconds
 */
export function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** "about 8 s", or "less than 1 s".
 * @param {number} seconds
 */
export const roughly = seconds =>
  Math.round(seconds) < 1 ? 'less than 1 s' : `about ${duration(seconds)}`;

/** "420 MiB", "3.1 GiB"; a dash where nobody measured.
 * @param {number | null} bytes
 */
export function sized(bytes) {
  if (bytes === null) return '–';
  const [small, large] = [bytes / 2 ** 20, bytes / 2 ** 30];
  return large < 1 ? `${Math.round(small)} MiB` : `${large.toFixed(1)} GiB`;
}
