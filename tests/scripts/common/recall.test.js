import assert from 'node:assert/strict';
import test from 'node:test';

import { asideOf } from '../../../assets/ui/common/recall.js';

const line = (...sizes) => ({ points: sizes.map(n_pairs => ({ n_pairs })) });

test('lines of one size stand beside each other around it, others where their sizes are', () => {
  const one = [line(5), line(5), line(5)];
  const aside = [0, 1, 2].map(at => asideOf(at, one, 'n_pairs'));
  assert.ok(aside[0] < aside[1] && aside[1] < aside[2]);
  assert.equal(aside[1], 1);
  assert.equal(asideOf(0, [line(5), line(5, 9)], 'n_pairs'), 1);
});
