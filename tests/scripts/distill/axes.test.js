import assert from 'node:assert/strict';
import test from 'node:test';

import { axesOf, inWords, placeOf } from '../../../assets/ui/distill/axes.js';

const line = (method, n_pairs, values) => ({ method, n_pairs, values, mean: [1, null], n_sets: 1 });

test('only what varies is an axis, and settings are counted apart from methods and sizes', () => {
  const lines = [
    line('pds', 20, { guidance: '10', steps: '5', normalize: 'on' }),
    line('pds', 100, { guidance: '2.5', steps: '5', normalize: 'on' }),
  ];
  const { axes, nSettings } = axesOf(lines, 'pairs');
  assert.deepEqual(
    axes.map(({ title, values }) => [title, values]),
    [
      ['pairs', ['20', '100']],
      ['guidance', ['2.5', '10']],
    ],
  );
  assert.equal(nSettings, 1);
  assert.equal(inWords(lines[0], axes), 'pairs 20, guidance 10');
});

test('a method without a setting stands at the foot of its axis', () => {
  const { axes } = axesOf(
    [
      line('a', 20, { kind: 'soft' }),
      line('a', 20, { kind: 'hard' }),
      line('b', 20, { steps: '1' }),
    ],
    'pairs',
  );
  const kind = axes.find(({ title }) => title === 'kind');
  assert.deepEqual(kind.values, ['–', 'soft', 'hard']);
  assert.deepEqual(
    kind.values.map(value => placeOf(kind.values, value)),
    [0, 0.5, 1],
  );
  assert.ok(!axes.some(({ title }) => title === 'steps')); // one value is none that varies
});
