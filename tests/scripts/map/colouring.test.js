import assert from 'node:assert/strict';
import test from 'node:test';

import { COLOURINGS, colouring, countClasses, fits } from '../../../assets/ui/map/colouring.js';

const points = { n: 5, k: 2, prototype: Int32Array.from([0, 1, -1, 1, 1]) };

/** Colours points by values that no server sends. */
async function coloured(t, name, values) {
  globalThis.window ??= {};
  t.mock.method(globalThis, 'fetch', async () => new Response(Float32Array.from(values).buffer));
  return colouring(name, points, {
    key: 'key',
    space: 'image',
    nImages: 2,
    prototypes: [{ place: 1 }, { place: 0 }],
  });
}

test('by prototype, a point without one is grey', async t => {
  const made = await coloured(t, 'prototype', []);
  assert.deepEqual([...countClasses(made)], [1, 1, 3]);
  assert.deepEqual([...countClasses(made, i => i > 1)], [1, 0, 2]);
  assert.equal(made.colours(false).length, 8);
});

test('on a scale, the least value has the first colour, the largest the last, none is grey', async t => {
  const { classes, n, ends } = await coloured(t, 'similarity', [0, 0.5, NaN, 1, 0.25]);
  assert.deepEqual([...classes], [0, 32, -1, n - 1, 16]);
  assert.deepEqual(ends, [0, 1]);
});

test('images and captions have the two sides of one space', async t => {
  assert.deepEqual([...(await coloured(t, 'modality', [])).classes], [1, 1, 0, 0, 0]);
});

test('every colouring of the map has a title and says how it colours', () => {
  for (const { title, kind } of COLOURINGS)
    assert.ok(title && ['each', 'classes', 'sides', 'scale', 'density'].includes(kind));
});

test('by class, each class has a colour and a name, and only labelled data are coloured so', async t => {
  const named = { key: 'key', space: 'image', nImages: 5, names: ['cat', 'dog'] };
  t.mock.method(
    globalThis,
    'fetch',
    async () => new Response(Float32Array.of(0, 1, 1, 0, 1).buffer),
  );
  const made = await colouring('class', points, named);
  assert.deepEqual([...countClasses(made)], [0, 2, 3]);
  assert.equal(made.colours(true).length, 8);
  const fitting = names => COLOURINGS.filter(one => fits(one, 'image', names)).map(one => one.name);
  assert.ok(fitting(['cat']).includes('class') && !fitting(['cat']).includes('words'));
  assert.ok(!fitting([]).includes('class') && fitting([]).includes('words'));
});
