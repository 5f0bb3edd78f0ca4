import assert from 'node:assert/strict';
import test from 'node:test';

import { groupings } from '../../../assets/ui/explore/failures.js';

test('items of labelled data are grouped by class first', () => {
  assert.deepEqual(groupings(true, ['class', 'kind']), ['class', 'prototype', 'kind']);
  assert.deepEqual(groupings(false, ['kind']), ['prototype', 'kind']);
});
