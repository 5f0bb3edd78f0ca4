import assert from 'node:assert/strict';
import test from 'node:test';

import { densest, nearest, ownPoints, someOf, unpack } from '../../../assets/ui/map/points.js';

/** Points as the server packs them. */
function pack(k, x, y, prototype) {
  const n = x.length;
  const buffer = new ArrayBuffer(8 + 12 * n);
  new Uint32Array(buffer, 0, 2).set([n, k]);
  new Float32Array(buffer, 8, 2 * n).set([...x, ...y]);
  new Int32Array(buffer, 8 + 8 * n, n).set(prototype);
  return buffer;
}

test('points are unpacked and sorted by prototype, those of none first', () => {
  const points = unpack(pack(3, [0, 1, 2, 3], [5, 6, 7, 9], [2, -1, 0, 2]));
  assert.deepEqual([points.n, points.k], [4, 3]);
  assert.deepEqual([...points.y], [5, 6, 7, 9]);
  assert.deepEqual([...points.order], [1, 2, 0, 3]);
  assert.deepEqual(
    [0, 1, 2].map(p => [...ownPoints(points, p)]),
    [[2], [], [0, 3]],
  );
});

test('some points of a prototype are taken evenly, all where they are few', () => {
  const at = new Array(7).fill(0);
  const points = unpack(pack(2, at, at, [1, 1, 0, 1, 1, 1, -1]));
  assert.deepEqual([...someOf(points, 1, 2)], [0, 4]);
  assert.deepEqual([...someOf(points, 1, 9)], [0, 1, 3, 4, 5]);
  assert.deepEqual([...someOf(points, 0, 1)], [2]);
});

test("a prototype's mark stands on one of its points where they lie densest, NaN where it has none", () => {
  const at = [0, 0.1, 0.2, 9, 5, 5.1];
  const { x, y } = densest(unpack(pack(3, at, at, [0, 0, 0, 0, 2, -1])));
  assert.ok(Math.abs(x[0] - 0.1) < 1e-6 && x[0] === y[0]); // neither the mean nor far from all
  assert.deepEqual([x[1], x[2]], [NaN, 5]);
});

test('the grid finds the point that a search through all finds', () => {
  let state = 7;
  const random = () => (state = (state * 16807) % 2147483647) / 2147483647; // Park and Miller
  const [x, y] = [0, 1].map(() => Float32Array.from({ length: 500 }, random));
  const points = unpack(pack(1, x, y, new Int32Array(500)));
  for (let time = 0; time < 200; time++) {
    const [a, b, radius] = [1.4 * random() - 0.2, 1.4 * random() - 0.2, 0.2 * random()];
    const distances = Array.from(x, (_, i) => Math.hypot(x[i] - a, y[i] - b));
    const least = Math.min(...distances);
    const found = nearest(points, a, b, radius);
    if (least > radius) assert.equal(found.index, -1);
    else assert.ok(Math.abs(found.distance - least) < 1e-9);
  }
});

test('a few points far out do not shrink the rest to a speck', () => {
  const x = [...Array.from({ length: 1000 }, (_, i) => i / 1000), 1e6];
  const { box } = unpack(pack(1, x, x, new Int32Array(1001)));
  assert.ok(box.x[0] === 0 && box.x[1] < 2);
});
