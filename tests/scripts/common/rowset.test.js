import assert from 'node:assert/strict';
import test from 'node:test';

import {
  addPoint,
  eachInside,
  pointOf,
  pointsOf,
  rowsOf,
  setOf,
  sizeOf,
} from '../../../assets/ui/common/rowset.js';

// Three images with 2, 1 and 3 captions: six rows.
const FIRST = Uint32Array.from([0, 2, 3, 6]);

test('a set and its list of rows say the same', () => {
  const set = setOf([4, 1], 6);
  assert.deepEqual([...set], [0, 1, 0, 0, 1, 0]);
  assert.deepEqual([...rowsOf(set)], [1, 4]);
  assert.equal(sizeOf(set), 2);
});

test('an image stands for all of its captions, a caption for itself', () => {
  const added = (space, i) => {
    const set = setOf([], 6);
    addPoint(set, FIRST, space, i);
    return [...rowsOf(set)];
  };
  assert.deepEqual(added('image', 2), [3, 4, 5]);
  assert.deepEqual(added('caption', 2), [2]);
  assert.deepEqual(added('both', 0), [0, 1]);
  assert.deepEqual(added('both', 3 + 4), [4]);
});

test('an image is lit with any of its captions', () => {
  const set = setOf([1, 5], 6);
  assert.deepEqual([...pointsOf(set, FIRST, 'image')], [1, 0, 1]);
  assert.equal(pointsOf(set, FIRST, 'caption'), set);
  assert.deepEqual([...pointsOf(set, FIRST, 'both')], [1, 0, 1, 0, 1, 0, 0, 0, 1]);
});

test('the point of a row lights up when the row alone is selected, in every space', () => {
  for (const space of ['image', 'caption', 'both'])
    for (let row = 0; row < 6; row++)
      assert.equal(pointsOf(setOf([row], 6), FIRST, space)[pointOf(row, FIRST, space)], 1);
});

test('points inside a polygon are found, also where it is hollow', () => {
  const inside = (points, polygon) => {
    const found = [];
    const [x, y] = [0, 1].map(axis => Float32Array.from(points, point => point[axis]));
    eachInside({ n: points.length, x, y }, polygon, i => found.push(i));
    return found;
  };
  const u = [
    [0, 0],
    [3, 0],
    [3, 3],
    [2, 3],
    [2, 1],
    [1, 1],
    [1, 3],
    [0, 3],
  ];
  assert.deepEqual(
    inside(
      [
        [0.5, 2],
        [1.5, 2],
        [2.5, 2],
        [1.5, 0.5],
        [4, 1],
      ],
      u,
    ),
    [0, 2, 3],
  );
});
