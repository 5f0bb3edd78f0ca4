import assert from 'node:assert/strict';
import test from 'node:test';

import { lookAt, makeRange } from '../../../assets/ui/common/plot.js';

test('no two methods look the same, and those of one colour differ in mark and dash', () => {
  for (const isDark of [false, true]) {
    globalThis.document = { body: { classList: { contains: () => isDark } } };
    const looks = Array.from({ length: 48 }, (_, place) => lookAt(place, 0));
    assert.equal(new Set(looks.map(look => JSON.stringify(look))).size, looks.length);
    for (const { colour } of looks) {
      const alike = looks.filter(look => look.colour === colour);
      for (const part of ['symbol', 'dash'])
        assert.equal(new Set(alike.map(look => look[part])).size, alike.length);
    }
  }
});

test('more lines of one method keep its colour and mark, and have other dashes or an open mark', () => {
  const looks = [0, 1, 2, 3].map(nth => lookAt(5, nth));
  assert.deepEqual(new Set(looks.map(({ colour }) => colour)), new Set([looks[0].colour]));
  assert.deepEqual(
    looks.map(({ symbol }) => symbol),
    ['circle', 'circle-open', 'circle', 'circle-open'],
  );
  assert.equal(new Set(looks.map(({ dash }) => dash)).size, 4);
});

test('a range spans where values fall by far and stay above nothing', () => {
  const range = makeRange();
  assert.equal(range.spans(), false);
  const seen = [4000, 200, 120].map(value => (range.take(value), range.spans()));
  assert.deepEqual(seen, [false, false, true]);
  range.take(0);
  assert.equal(range.spans(), false);
  range.clear();
  range.take(5);
  assert.equal(range.spans(), false);
});
