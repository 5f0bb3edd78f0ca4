// A column in bins: steps of numbers and dates, or one bin per word. Cells of nothing have the last.

/** @typedef {ReturnType<typeof inBins>} Bins */

import { NOTHING } from '../common/columns.js';

const MOST = 32; // bins of numbers
const FAR = 8; // times the span of the middle 98 of 100 values, beyond which the rest shares an end
const DAY = 86_400;

/**
 * `size` bins, and one for nothing; `cells` has the bin of each cell. Of numbers the bins begin at
 * `low` and are `step` wide; of lists `starts` says where the bins of each cell begin.
 * @param {import('../common/columns.js').Column} column
 */
export function inBins(column) {
  const { kind, names, starts, values } = column;
  if (kind === 'number' || kind === 'date') return { kind, starts: null, ...steps(values, kind) };
  const size = names.length;
  const cells = Uint16Array.from(values, code => (code === NOTHING ? size : code));
  return { kind, starts, size, cells, low: 0, step: 1 };
}

/**
 * @param {ArrayLike<number>} values
 * @param {string} kind
 */
function steps(values, kind) {
  const known = Float64Array.from(Array.from(values).filter(value => !Number.isNaN(value))).sort();
  const [low, high] = ends(known);
  const step = niceStep((high - low) / MOST, kind, known.every(Number.isInteger));
  const first = Math.floor(low / step) * step;
  const size = Math.max(1, Math.floor((high - first) / step + 1e-9) + 1);
  const cells = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const bin = Math.floor((values[i] - first) / step + 1e-9);
    cells[i] = Number.isNaN(values[i]) ? size : Math.max(0, Math.min(size - 1, bin));
  }
  return { size, cells, low: first, step };
}

/** From where to where the bins go: a few values far out do not make one bin of all others.
 * @param {Float64Array} known rising
 */
function ends(known) {
  if (!known.length) return [0, 0];
  /** @param {number} share */
  const at = share => known[Math.round(share * (known.length - 1))];
  const far = FAR * (at(0.99) - at(0.01) || Infinity);
  return [Math.max(at(0), at(0.01) - far), Math.min(at(1), at(0.99) + far)];
}

/** 1, 2 or 5 of some power of ten; of whole numbers whole, of dates at least whole days if it can be.
 * @param {number} least
 * @param {string} kind
 * @param {boolean} areWhole
 */
function niceStep(least, kind, areWhole) {
  if (!(least > 0)) return 1;
  const unit = kind === 'date' && least > DAY / 2 ? DAY : 1;
  const power = 10 ** Math.floor(Math.log10(least / unit));
  const nice = [1, 2, 5, 10].find(times => times * power * unit >= least * (1 - 1e-9)) || 10;
  const step = nice * power * unit;
  return areWhole || unit === DAY ? Math.max(unit, Math.round(step)) : step;
}

/** Where bin `i` begins, in words.
 * @param {Pick<Bins, 'kind' | 'low' | 'step'>} bins
 * @param {number} i
 */
export function edge({ kind, low, step }, i) {
  const value = low + i * step;
  if (kind === 'date') {
    const text = new Date(value * 1000).toISOString();
    return step < DAY ? text.slice(0, 16).replace('T', ' ') : text.slice(0, 10);
  }
  const digits = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
  return value.toLocaleString('en-US', {
    minimumFractionDigits: Math.min(digits, 6),
    maximumFractionDigits: Math.min(digits, 6),
  });
}
