import assert from 'node:assert/strict';
import test from 'node:test';

import { unfoldSome } from '../../../assets/ui/columns/rail.js';

const facet = (name, group) => ({
  about: { name, group },
  isOpen: false,
  unfold(opens) {
    this.isOpen = opens;
  },
  restore(kept) {
    this.isOpen = kept.isOpen;
  },
});

test('columns stay as they were, and the first of other data are unfolded', () => {
  const facets = ['class', 'similarity', 'kept'].map(name => facet(name, 'pairs'));
  const isOpen = () => facets.map(each => each.isOpen);
  unfoldSome(facets, []);
  assert.deepEqual(isOpen(), [true, true, false]);
  for (const each of facets) each.unfold(false);
  unfoldSome(facets, [
    { name: 'similarity', isOpen: false },
    { name: 'kept', isOpen: true },
  ]);
  assert.deepEqual(isOpen(), [true, false, true]);
});
