import assert from 'node:assert/strict';
import test from 'node:test';

import { makeColumns } from '../../../assets/ui/distill/sweep.js';

test('sets of classes have no column of words', () => {
  const metrics = [{ name: 'accuracy', label: 'Accuracy', group: '', unit: '%' }];
  const titles = about => makeColumns({ metrics, ...about }).map(({ title }) => title);
  const classes = titles({ unit: 'images per class', per_class: true });
  const pairs = titles({ unit: 'pairs', per_class: false });
  assert.ok(!classes.includes('Words per caption'));
  assert.ok(pairs.includes('Words per caption'));
  assert.equal(pairs.length, classes.length + 1);
});
