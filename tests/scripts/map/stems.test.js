import assert from 'node:assert/strict';
import test from 'node:test';

import { eachStemOnce } from '../../../assets/ui/map/stems.js';

test('of words that begin alike the first stands, and none that was said', () => {
  const words = ['mountains', 'mountain', 'valley', 'boat', 'boats'];
  assert.deepEqual(eachStemOnce(words), ['mountains', 'valley', 'boat']); // as in Python
  assert.deepEqual(eachStemOnce(words, ['valleys', 'bus']), ['mountains', 'boat']);
  assert.deepEqual(eachStemOnce([]), []);
});
