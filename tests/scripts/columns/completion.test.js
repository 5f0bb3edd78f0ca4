import assert from 'node:assert/strict';
import test from 'node:test';

import { fitting, quoted, writtenAt } from '../../../assets/ui/columns/completion.js';

const at = text => writtenAt(text, text.length);

test('a name that is begun is known with its place', () => {
  assert.deepEqual(at('sim'), { from: 0, begun: 'sim', column: '' });
  assert.deepEqual(at('similarity < 1 and ki'), { from: 19, begun: 'ki', column: '' });
  assert.deepEqual(at('kind = "boat" and si'), { from: 18, begun: 'si', column: '' });
});

test('behind a column and a sign stand its words, quoted or not', () => {
  assert.deepEqual(at('kind = '), { from: 7, begun: '', column: 'kind' });
  assert.deepEqual(at('kind != "red bo'), { from: 8, begun: '"red bo', column: 'kind' });
  assert.deepEqual(at('kind in ("boat", "ho'), { from: 17, begun: '"ho', column: 'kind' });
  assert.deepEqual(at('contains(beside, b'), { from: 17, begun: 'b', column: 'beside' });
  assert.equal(at('kind = "boat" and ').column, '');
});

test('what begins so comes before what holds it, in any case', () => {
  assert.deepEqual(fitting(['a boat', 'Boat', 'cat'], '"bo'), ['Boat', 'a boat']);
  assert.equal(
    fitting(
      Array.from({ length: 99 }, (_, i) => `w${i}`),
      'w',
    ).length,
    8,
  );
});

test('a word is quoted so that the server reads it as one', () => {
  assert.equal(quoted("o'hara"), '"o\'hara"');
  assert.equal(quoted('5" o\'x'), "'5\" o''x'");
});
