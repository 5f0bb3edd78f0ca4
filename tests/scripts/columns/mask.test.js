import assert from 'node:assert/strict';
import test from 'node:test';

import { inAllowed, makeMask } from '../../../assets/ui/columns/mask.js';

const kind = { size: 2, starts: null, cells: Uint16Array.from([0, 1, 1, 0]) };
const place = { size: 2, starts: null, cells: Uint16Array.from([0, 0, 1, 1]) };
const only = bin => Uint8Array.from([bin === 0, bin === 1, bin === 2]);

test('a column counts what all other filters leave, its own brush left out', () => {
  const mask = makeMask(4);
  mask.set('kind', inAllowed(kind, null, only(1)));
  assert.deepEqual([...mask.counts('kind', kind, null)], [2, 2, 0]);
  assert.deepEqual([...mask.counts('place', place, null)], [1, 1, 0]);
  mask.set('place', inAllowed(place, null, only(0)));
  assert.deepEqual([...mask.counts('kind', kind, null)], [1, 1, 0]);
  assert.deepEqual([...mask.left()], [0, 1, 0, 0]);
});

test('a filter that is dropped lets its rows back in, and without any nothing is left out', () => {
  const mask = makeMask(4);
  mask.set('kind', inAllowed(kind, null, only(1)));
  mask.set('kind', null);
  assert.equal(mask.left(), null);
  mask.set('never set', null);
  assert.deepEqual([...mask.counts('place', place, null)], [2, 2, 0]);
});

test('cells of images count once for each of their rows', () => {
  const mask = makeMask(4);
  const ofImages = { size: 2, starts: null, cells: Uint16Array.from([0, 2]) };
  const imageOf = Int32Array.from([0, 0, 0, 1]);
  assert.deepEqual([...mask.counts('x', ofImages, imageOf)], [3, 0, 1]);
  mask.set('x', inAllowed(ofImages, imageOf, only(2)));
  assert.deepEqual([...mask.left()], [0, 0, 0, 1]);
});

test('a row passes with any word of its list, and an empty list is nothing', () => {
  const lists = {
    size: 2,
    starts: Uint32Array.from([0, 2, 2, 3]),
    cells: Uint16Array.from([0, 1, 1]),
  };
  const mask = makeMask(3);
  assert.deepEqual([...mask.counts('x', lists, null)], [1, 2, 1]);
  mask.set('x', inAllowed(lists, null, only(0)));
  assert.deepEqual([...mask.left()], [1, 0, 0]);
  mask.set('x', inAllowed(lists, null, only(2)));
  assert.deepEqual([...mask.left()], [0, 1, 0]);
});

test('31 filters work at once, the next one says so, and a dropped one makes room', () => {
  const mask = makeMask(2);
  for (let i = 0; i < 31; i++) mask.set(`f${i}`, row => row === 0);
  assert.deepEqual([...mask.left()], [1, 0]);
  assert.throws(() => mask.set('one more', () => true), /At most 31 filters/);
  mask.set('f30', null);
  mask.set('one more', row => row === 1);
  assert.deepEqual([...mask.left()], [0, 0]);
  assert.deepEqual([...mask.counts('one more', kind, null)], [1, 0, 0]);
});
