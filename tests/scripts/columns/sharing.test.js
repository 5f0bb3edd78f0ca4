import assert from 'node:assert/strict';
import test from 'node:test';

import { packRows, unpackRows } from '../../../assets/ui/columns/rowtext.js';
import { fitted, rangeOf, readFilters } from '../../../assets/ui/columns/sharing.js';

const setOf = (n, rows) => Uint8Array.from({ length: n }, (_, row) => Number(rows.includes(row)));
const asked = filters => readFilters(`?${new URLSearchParams({ filters })}`).filters;

test('rows are the same after they were text, in few letters', () => {
  for (const set of [
    setOf(9, [0, 1, 8]),
    setOf(9, [3]),
    setOf(300, [299]),
    new Uint8Array(1000).fill(1),
    Uint8Array.from({ length: 5000 }, (_, row) => Number(row % 7 < 3)),
  ])
    assert.deepEqual(unpackRows(packRows(set), set.length), set);
  const images = Uint8Array.from({ length: 25_000 }, (_, row) => Number(row % 500 < 5));
  assert.ok(packRows(images).length < 300);
});

test('rows of other data, cut ones and nonsense select nothing', () => {
  const text = packRows(setOf(9, [2, 3]));
  assert.equal(unpackRows(text, 10), null);
  assert.equal(unpackRows('', 9), null);
  assert.equal(unpackRows('<script>', 9), null);
  assert.equal(unpackRows('AAAAA', 0), null);
  for (const bytes of [
    [9, 200, 200],
    [9, 4, 127],
    [9, 255, 255, 255, 255, 255, 255, 255, 255, 1],
  ])
    assert.equal(unpackRows(btoa(String.fromCharCode(...bytes)).replace(/=+$/, ''), 9), null);
});

test('ranges and words are read by column, and what is neither is left out', () => {
  const found = asked(
    '{"similarity":[0.1,0.4],"kind":["boat",null],"a":[],"b":"x","c":[[1]],"d":[{}]}',
  );
  assert.deepEqual(
    [...found],
    [
      ['similarity', [0.1, 0.4]],
      ['kind', ['boat', null]],
    ],
  );
  for (const hostile of ['', 'x', '[1]', '7', 'null', '{"a":', '{"__proto__":{"x":1}}'])
    assert.equal(asked(hostile).size, 0);
  assert.equal({}.x, undefined);
});

test('a range is found among the bins as near as they come', () => {
  const bins = { low: 0, step: 0.05, size: 20 };
  assert.deepEqual(rangeOf([0.1, 0.4], bins), [2, 8]);
  assert.deepEqual(rangeOf([-9, 1e300], bins), [0, 20]);
  assert.equal(rangeOf([0.4, 0.1], bins), null);
  assert.equal(rangeOf(['0', '1'], bins), null);
});

test('what does not fit into an address is said, the rows before the filters', () => {
  const rows = 'x'.repeat(500);
  assert.deepEqual(fitted({ filters: '{}', where: 'a < 1', rows: null }, 100, 0)[1], '');
  const [kept, said] = fitted({ filters: '{}', where: 'a < 1', rows }, 100, 1234);
  assert.deepEqual(kept, { filters: '{}', where: 'a < 1', rows: null });
  assert.match(said, /the selection of 1,234 rows takes more\. Tag these rows/);
  const [none, why] = fitted({ filters: rows, where: null, rows: null }, 100, 0);
  assert.deepEqual(Object.values(none), [null, null, null]);
  assert.match(why, /Choose fewer words/);
});
