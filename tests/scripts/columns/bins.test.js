import assert from 'node:assert/strict';
import test from 'node:test';

import { edge, inBins } from '../../../assets/ui/columns/bins.js';
import { NOTHING } from '../../../assets/ui/common/columns.js';

const numbers = (values, kind = 'number') =>
  inBins({ kind, names: [], starts: null, values: Float64Array.from(values) });

test('whole numbers have bins of whole numbers, one each where they are few', () => {
  const bins = numbers([3, 4, 4, 9, NaN]);
  assert.deepEqual([bins.low, bins.step, bins.size], [3, 1, 7]);
  assert.deepEqual([...bins.cells], [0, 1, 1, 6, 7]);
  assert.equal(edge(bins, 6), '9');
});

test('bins begin and end at round numbers, and hold what stands at their beginning', () => {
  const bins = numbers(Array.from({ length: 101 }, (_, i) => i / 100));
  assert.equal(bins.step, 0.05);
  assert.equal(edge(bins, 1), '0.05');
  assert.equal(bins.cells[5], 1);
  assert.equal(bins.cells[100], bins.size - 1);
});

test('a few values far out share the bin at the end', () => {
  const bins = numbers([...Array.from({ length: 1000 }, (_, i) => i), 1e9]);
  assert.ok(bins.low + bins.size * bins.step < 1e5);
  assert.equal(bins.cells[1000], bins.size - 1);
});

test('dates of months have bins of whole days', () => {
  const day = 86_400;
  const bins = numbers([0, 40 * day, 90 * day], 'date');
  assert.equal(bins.step % day, 0);
  assert.match(edge(bins, 0), /^1970-01-0\d$/);
});

test('numbers that are all the same, or none at all, still have a bin', () => {
  assert.equal(numbers([2, 2]).size, 1);
  assert.deepEqual([...numbers([NaN]).cells], [numbers([NaN]).size]);
});

test('words are bins of their own, nothing is the last', () => {
  const values = Uint16Array.from([1, NOTHING, 0]);
  const bins = inBins({ kind: 'words', names: ['a', 'b'], starts: null, values });
  assert.deepEqual([...bins.cells], [1, 2, 0]);
});
