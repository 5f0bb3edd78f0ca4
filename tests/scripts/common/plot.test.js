import assert from 'node:assert/strict';
import test from 'node:test';

import { lookAt } from '../../../assets/ui/common/plot.js';

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

test('more lines of one method keep colour and mark and have other dashes', () => {
  const [first, second] = [lookAt(5, 0), lookAt(5, 1)];
  assert.deepEqual({ ...second, dash: first.dash }, first);
  assert.notEqual(second.dash, first.dash);
});
