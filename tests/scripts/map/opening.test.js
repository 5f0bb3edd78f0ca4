import assert from 'node:assert/strict';
import test from 'node:test';

import { usualColours } from '../../../assets/ui/map/opening.js';

test('labelled data are coloured by class until another colouring is chosen for such data', () => {
  const [labelled, captioned] = [{ classes: ['0', '1'] }, { classes: [] }];
  assert.equal(usualColours(captioned, null), 'prototype');
  assert.equal(usualColours(labelled, null), 'class');
  assert.equal(usualColours(labelled, { ...captioned, colours: 'similarity' }), 'class');
  assert.equal(usualColours(captioned, { ...labelled, colours: 'kept' }), 'prototype');
  assert.equal(usualColours(labelled, { ...labelled, colours: 'kept' }), 'kept');
});
