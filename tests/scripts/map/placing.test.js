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
  members: new Set(
    marks.filter(({ spot: [x] }) => Math.abs(x - 100 - 130 * at) < 65).map(({ p }) => p),
  ),
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
  const boxAt = x => {
    const spot = [x, 200];
    const more = { kept, marks: [{ ...marks[0], spot }], regions: [] };
    more.regions.push({ name: 'a city', spot, members: new Set([0]) });
    return placed(more).find(({ text }) => text === 'a city').box;
  };
  const first = boxAt(360);
  kept.set('a city', kept.get('a city') + 1);
  const [left, top, right, bottom] = boxAt(360);
  assert.notDeepEqual([left, top, right, bottom], first);
  assert.deepEqual(boxAt(365), [left + 5, top, right + 5, bottom]);
});

test('a name stands beside its own marks, or over them, or not at all', () => {
  const at = (p, x, y) => ({ p, text: `mark ${p}`, n_rows: 1, spot: [x, y] });
  const [own, foreign] = [at(0, 300, 200), [at(1, 300, 178), at(2, 300, 222)]];
  const beach = { name: 'the beach', spot: own.spot, members: new Set([0]) };
  const named = others => {
    const more = { marks: [own, ...others], regions: [beach], kept: new Map() };
    return placed(more).find(({ kind }) => kind === 'region')?.box;
  };
  const gap = (box, [x, y]) =>
    Math.hypot(Math.max(0, box[0] - x, x - box[2]), Math.max(0, box[1] - y, y - box[3]));
  const box = named(foreign);
  for (const { spot } of foreign) assert.ok(gap(box, own.spot) < gap(box, spot));
  const around = [];
  for (let x = 180; x <= 420; x += 20)
    for (let y = 100; y <= 300; y += 10) around.push(at(around.length + 1, x, y));
  assert.equal(named(around), undefined);
});

test("a prototype's name does not stand at another's mark, nor what its region's name says", () => {
  const one = { p: 0, text: 'mark 0', n_rows: 2, spot: [300, 200] };
  const other = { p: 1, text: 'mark 1', n_rows: 1, spot: [340, 215] };
  const covered = [
    [250, 0, 350, 188],
    [295, 212, 305, 400],
    [330, 225, 350, 400],
  ];
  const own = more => placed({ regions: [], covered, ...more }).find(({ p }) => p === 0);
  assert.ok(own({ marks: [one] }).box[0] > 300);
  assert.ok(own({ marks: [one, other] }).box[2] < 300);
  assert.equal(own({ marks: [{ ...one, isSaid: true }] }), undefined);
  assert.ok(own({ marks: [{ ...one, isSaid: true }], selected: 0 }));
});
