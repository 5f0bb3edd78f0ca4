import assert from 'node:assert/strict';
import test from 'node:test';

import { told } from '../../../assets/ui/explore/search.js';

const found = { n: 60, rows: [], results: Array(60), left_out: 1740, unknown: [], classes: [] };

test('images of a class that the words name are told as such', () => {
  assert.equal(
    told({ ...found, n: 180, left_out: 120, classes: ['0'] }, '“0”', 'words', ['0', '1']),
    '180 images of 0; the cosine is of image and class name. The first 60 are listed, 120 are not.',
  );
});

test('where no class is called like the words, it is said which there are', () => {
  const classes = Array.from({ length: 12 }, (_, at) => String(at));
  assert.match(
    told(found, '“zero”', 'words', classes),
    / not listed\. No class is called so: there are 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 …\.$/,
  );
  assert.match(told(found, '“zero”', 'words', ['0', '1']), /: there are 0, 1\.$/);
  assert.match(told(found, '“zero”', 'words', []), /not listed\.$/);
  assert.match(told(found, 'boat.png', 'image', ['0', '1']), /not listed\.$/);
});
