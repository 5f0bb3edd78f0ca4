import assert from 'node:assert/strict';
import test from 'node:test';

import { count, duration, fixed, roughly, rows, sized } from '../../../assets/ui/common/numbers.js';

test('counts are grouped by thousands', () => {
  assert.equal(count(1234567), '1,234,567');
  assert.equal(count(12), '12');
});

test('one row is no rows', () => {
  assert.deepEqual([1, 0, 1204].map(rows), ['1 row', '0 rows', '1,204 rows']);
});

test('what is not known is a dash, zero is not', () => {
  assert.deepEqual(
    [null, undefined, NaN].map(value => fixed(value)),
    ['–', '–', '–'],
  );
  assert.equal(fixed(0), '0.00');
  assert.equal(fixed(0.12345, 3), '0.123');
});

test('a duration has at most two units', () => {
  assert.equal(duration(0.4), '0 s');
  assert.equal(duration(59.4), '59 s');
  assert.equal(duration(59.5), '1 min 0 s');
  assert.equal(duration(200), '3 min 20 s');
  assert.equal(duration(3900), '1 h 5 min');
  assert.equal(duration(-3), '0 s');
  assert.deepEqual([0.3, 61].map(roughly), ['less than 1 s', 'about 1 min 1 s']);
});

test('memory is written in megabytes, then in gigabytes', () => {
  assert.equal(sized(420 * 2 ** 20), '420 MiB');
  assert.equal(sized(3.14 * 2 ** 30), '3.1 GiB');
  assert.equal(sized(null), '–');
});
