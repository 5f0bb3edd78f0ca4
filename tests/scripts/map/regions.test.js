import assert from 'node:assert/strict';
import test from 'node:test';

import { levelAt, makeRegions, nameAll } from '../../../assets/ui/map/regions.js';

const PLACES = ['beach', 'forest', 'city', 'desert', 'snow'];
const THINGS = ['boat', 'house', 'kite'];

/** A prototype for every place and thing; those of a place lie around a corner of their own. */
function world() {
  const prototypes = PLACES.flatMap(place =>
    THINGS.map((thing, i) => ({ label: `${place} · ${thing}`, n_rows: 10 + i })),
  );
  const x = Float32Array.from(prototypes, (_, p) => 10 * Math.floor(p / 3) + (p % 3));
  const y = Float32Array.from(prototypes, (_, p) => (p % 2) / 2);
  return [{ x, y }, prototypes];
}

test('prototypes that lie near each other are a region, named by what they share', () => {
  const [spots, prototypes] = world();
  const groups = PLACES.map((_, at) => [3 * at, 3 * at + 1, 3 * at + 2]);
  assert.deepEqual(nameAll(groups, prototypes, 1), PLACES);
  const [wide] = makeRegions(spots, prototypes);
  assert.equal(wide.length, 3); // 0.9 times the root of 15
  for (const { members } of wide)
    for (const p of members) assert.ok(members.includes(3 * Math.floor(p / 3))); // no place is torn
});

test('the finer level parts the regions of the wider one', () => {
  const [small, few] = world();
  const prototypes = Array.from({ length: 4 }, () => few).flat();
  const x = Float32Array.from(prototypes, (_, p) => small.x[p % 15]);
  const y = Float32Array.from(prototypes, (_, p) => small.y[p % 15] + 40 * Math.floor(p / 15));
  const [wide, fine] = makeRegions({ x, y }, prototypes);
  assert.ok(fine.length > wide.length);
  const regionOf = new Map(wide.flatMap(({ members }, r) => members.map(p => [p, r])));
  for (const { members } of fine) assert.equal(new Set(members.map(p => regionOf.get(p))).size, 1);
});

test('every prototype with a place is in one region of each level, and its middle is one of them', () => {
  const [spots, prototypes] = world();
  spots.x[4] = spots.y[4] = NaN;
  for (const level of makeRegions(spots, prototypes)) {
    const members = level.flatMap(region => region.members).sort((a, b) => a - b);
    assert.deepEqual(
      members,
      [...prototypes.keys()].filter(p => p !== 4),
    );
    for (const region of level) assert.ok(region.members.includes(region.at));
  }
});

test('two regions with the same first word are told apart by a second', () => {
  const prototypes = ['beach · boat', 'beach · kite'].map(label => ({ label, n_rows: 5 }));
  assert.deepEqual(nameAll([[0], [1]], prototypes, 1), ['boat', 'kite']);
  const same = ['beach · boat', 'beach · boat'].map(label => ({ label, n_rows: 5 }));
  assert.deepEqual(nameAll([[0], [1]], same, 1), ['beach', 'beach · boat']);
});

test('words of one stem are said once, and a group without words has no name', () => {
  const prototypes = ['mountain · mountains · peaks', ''].map(label => ({ label, n_rows: 5 }));
  assert.deepEqual(nameAll([[0], [1]], prototypes, 2), ['mountain · peaks', '']);
});

test('few prototypes are named alone, and close ones too', () => {
  const [spots, prototypes] = world();
  assert.deepEqual(makeRegions(spots, prototypes.slice(0, 5)), []);
  const levels = [[], []];
  assert.deepEqual(
    [1, 1.8, 3, 4.9, 9].map(closeness => levelAt(levels, closeness)),
    [0, 0, 1, 1, -1],
  );
  assert.equal(levelAt([], 1), -1);
});
