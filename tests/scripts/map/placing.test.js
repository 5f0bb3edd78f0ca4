import assert from 'node:assert/strict';
import test from 'node:test';

import { overlaps, placeLabels } from '../../../assets/ui/map/paint/placing.js';

const sizeOf = (text, kind) => ({ width: 7 * text.length, height: kind === 'prototype' ? 17 : 25 });
const marks = Array.from({ length: 40 }, (_, p) => ({
  p,
  text: `mark ${p}`,
  n_rows: 100 - p,
  spot: [30 + ((p * 67) % 540), 30 + ((p * 41) % 340)],
}));
const regions = ['a meadow', 'the beach', 'a city', 'snow'].map((name, at) => ({
  name,
  spot: [100 + 130 * at, 200],
}));
const covered = [[0, 0, 320, 60]];
const placed = more =>
  placeLabels({
    width: 600,
    height: 400,
    covered,
    marks,
    regions,
    kind: 'region',
    radius: 7,
    room: 20,
    selected: null,
    sizeOf,
    kept: new Map(),
    ...more,
  });

const clashes = labels =>
  labels.flatMap(({ box }, i) => labels.slice(i + 1).filter(other => overlaps(box, other.box)));

test('no label stands over another, over what covers the map, or outside', () => {
  for (const selected of [null, 3, 38]) {
    const labels = placed({ selected });
    assert.ok(labels.length > 10);
    assert.deepEqual(clashes(labels), []);
    for (const { box } of labels) {
      assert.ok(!overlaps(box, covered[0]));
      assert.ok(box[0] >= 0 && box[1] >= 0 && box[2] <= 600 && box[3] <= 400);
    }
  }
});

test('all regions are named before any prototype', () => {
  const kinds = placed({}).map(({ kind }) => kind);
  assert.deepEqual(kinds.slice(0, 4), Array(4).fill('region'));
  assert.ok(kinds.slice(4).every(kind => kind === 'prototype'));
});

test('the chosen prototype is named in any case, and the others stay where they can', () => {
  const before = placed({}).filter(({ p }) => p !== 39);
  const labels = placed({ selected: 39 });
  assert.ok(labels.some(({ p }) => p === 39));
  const kept = before.filter(one => labels.some(other => String(other.box) === String(one.box)));
  assert.ok(kept.length >= before.length - 3);
});

test("a region's name stays where it stood while that is free", () => {
  const kept = new Map();
  const box = labels => labels.find(({ text }) => text === 'a city').box;
  const first = box(placed({ kept, marks: [] }));
  const moved = { ...regions[2], spot: [regions[2].spot[0] + 5, 200] };
  const others = [regions[0], regions[1], moved, regions[3]];
  assert.deepEqual(
    box(placed({ kept, marks: [], regions: others })),
    first.map((edge, at) => (at % 2 ? edge : edge + 5)),
  );
});
