import assert from 'node:assert/strict';
import test from 'node:test';

import { told } from '../../../assets/ui/map/preparation.js';

const heading = state =>
  told(
    { name: 'Digits', status: state && { state, text: 'Done' } },
    { n_prototypes: 9 },
    false,
    true,
  );

test('a preparation that is done but whose map is not there any more is to be made again', () => {
  assert.deepEqual(heading(null), [
    'Digits is not prepared',
    'Press Prepare to find 9 prototypes in it.',
    { canReturn: true },
  ]);
  const [title, text] = heading('done');
  assert.equal(title, 'Digits is not prepared');
  assert.match(text, /deleted, or made by another version.*Press Prepare to find 9/);
});

test('one that stopped is tried again, or left for the map that was there before', () => {
  const [title, , offered] = heading('failed');
  assert.equal(title, 'The preparation stopped');
  assert.deepEqual(offered, { canRetry: true, canReturn: true });
});
