import assert from 'node:assert/strict';
import test from 'node:test';

import { pickImages } from '../../../assets/ui/map/images/picked.js';
import { unpack } from '../../../assets/ui/map/points.js';

function scattered(n, spread = 10) {
  const buffer = new ArrayBuffer(8 + 12 * n);
  new Uint32Array(buffer, 0, 2).set([n, 1]);
  const places = new Float32Array(buffer, 8, 2 * n);
  let seed = 7;
  for (let at = 0; at < 2 * n; at++) {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    places[at] = ((seed >>> 8) / 2 ** 24) * spread;
  }
  return unpack(buffer);
}

const pick = (points, how = {}) =>
  pickImages({
    points,
    n: points.n,
    camera: { scale: 60, centre: [5, 5] },
    width: 600,
    height: 400,
    most: Infinity,
    marks: [],
    clear: 9,
    ranks: () => 0,
    ...how,
  });
const named = ({ images }) => new Set(images.map(({ point }) => point));
const distance = (a, b) => Math.max(Math.abs(a.left - b.left), Math.abs(a.top - b.top));

test('no two images overlap, and each stands where its point does', () => {
  const points = scattered(3000);
  const { images, side } = pick(points);
  assert.ok(images.length > 60);
  images.forEach((one, at) => {
    assert.equal(one.left, (points.x[one.point] - Math.fround(5)) * 60 + 300);
    for (const other of images.slice(at + 1)) assert.ok(distance(one, other) > side);
  });
});

test('moving the map changes no image that stays well inside it', () => {
  const points = scattered(3000);
  const before = pick(points);
  const after = named(pick(points, { camera: { scale: 60, centre: [5.13, 4.9] } }));
  const inside = before.images.filter(
    ({ left, top }) => left > 99 && left < 500 && top > 99 && top < 300,
  );
  assert.ok(inside.length > 10);
  const kept = inside.filter(({ point }) => after.has(point));
  assert.ok(kept.length >= 0.9 * inside.length); // an edge has other neighbours, they have others
});

test('there are never more than may be, and fewer are some of the more', () => {
  const points = scattered(3000);
  const all = pick(points);
  const few = pick(points, { most: 40 });
  assert.equal(few.images.length, 40);
  assert.ok([...named(few)].every(point => named(all).has(point)));
});

test('points that come first win over others', () => {
  const points = scattered(3000);
  const { images } = pick(points, { ranks: i => Number(i !== 1234) });
  const spot = images.find(({ point }) => point === 1234);
  const [left, top] = [(points.x[1234] - 5) * 60 + 300, 200 - (points.y[1234] - 5) * 60];
  const isSeen = left > -24 && left < 624 && top > -24 && top < 424;
  assert.equal(Boolean(spot), isSeen);
  assert.ok(isSeen);
});

test('marks stay free', () => {
  const marks = [
    [300, 200],
    [120, 90],
  ];
  const { images, side } = pick(scattered(3000), { marks });
  for (const [left, top] of marks)
    for (const one of images) assert.ok(distance(one, { left, top }) >= side / 2 + 9);
});

test('captions behind the images do not turn into some', () => {
  const points = scattered(3000);
  assert.ok([...named(pick(points, { n: 100 }))].every(point => point < 100));
});
