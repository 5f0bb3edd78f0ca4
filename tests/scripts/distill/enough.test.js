import assert from 'node:assert/strict';
import test from 'node:test';

import { enough } from '../../../assets/ui/distill/enough.js';

const size = (n_pairs, short, method = 'pds') => ({ network: 'vit', method, n_pairs, short });

test('the smallest size that is close enough is found, and the one whose interval is', () => {
  const sizes = [size(20, [9, 1]), size(50, [1.8, 0.5]), size(100, [1, 0.5])];
  const found = { network: 'vit', method: 'pds', first: 50, surely: 100 };
  assert.deepEqual(enough(sizes, 2), [found]);
  assert.deepEqual(enough(sizes, 0.5), [{ ...found, first: null, surely: null }]);
});

test('one set has no interval, and without all of train there is nothing to be close to', () => {
  assert.equal(enough([size(20, [1, null])], 2)[0].surely, null);
  assert.deepEqual(enough([size(20, null)], 2), []);
});
