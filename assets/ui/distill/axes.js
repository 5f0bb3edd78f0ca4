// Settings that a sweep varied, as axes beside each other: what stands on each, and where.

/** @typedef {{ title: string, values: string[], of: (line: Wire.Combination) => string }} Axis */

const NONE = '–'; // of a method that does not have the setting

/** An axis for each setting that has several values, for methods and sizes where there are several; the
 * settings alone are counted in `nSettings`.
 * @param {Wire.Combination[]} lines
 * @param {string} unit of sizes
 * @returns {{ axes: Axis[], nSettings: number }}
 */
export function axesOf(lines, unit) {
  const names = [...new Set(lines.flatMap(({ values }) => Object.keys(values)))];
  const settings = names.map(name => axis(name, lines, line => line.values[name] ?? NONE));
  const varied = settings.filter(isVaried);
  const others = [
    axis('method', lines, line => line.method),
    axis(unit, lines, line => String(line.n_pairs)),
  ].filter(isVaried);
  return { axes: [...others, ...varied], nSettings: varied.length };
}

/** @param {Axis} axis */
const isVaried = ({ values }) => values.filter(value => value !== NONE).length > 1;

/**
 * @param {string} title
 * @param {Wire.Combination[]} lines
 * @param {Axis['of']} of
 * @returns {Axis}
 */
const axis = (title, lines, of) => ({ title, of, values: inOrder([...new Set(lines.map(of))]) });

/** Numbers by size, other values as they are; what has none comes first.
 * @param {string[]} values
 */
function inOrder(values) {
  const own = values.filter(value => value !== NONE);
  if (own.every(value => Number.isFinite(Number(value)))) own.sort((a, b) => Number(a) - Number(b));
  return values.includes(NONE) ? [NONE, ...own] : own;
}

/** How far up an axis a value stands, from 0 to 1.
 * @param {string[]} values
 * @param {string} value
 */
export const placeOf = (values, value) =>
  values.length < 2 ? 0.5 : values.indexOf(value) / (values.length - 1);

/** A line in words.
 * @param {Wire.Combination} line
 * @param {Axis[]} axes
 */
export const inWords = (line, axes) =>
  axes.map(({ title, of }) => `${title} ${of(line)}`).join(', ');
