import assert from 'node:assert/strict';
import test from 'node:test';

import { described } from '../../../assets/ui/common/tabs.js';

const run = (state, share, kind = 'distill') => ({ kind, status: { state, share } });

test('a run that goes is told by how far it is, and how many wait behind it', () => {
  const runs = [run('running', 0.456), run('queued', 0)];
  assert.deepEqual(described(runs), ['45 %', 'A run is going, 45 % of this step, 1 more waits']);
});

test('preparing a map is no run, and what waits for it has not begun', () => {
  const runs = [run('running', 0.2, 'prepare'), run('queued', 0, 'sweep')];
  assert.deepEqual(described(runs), ['…', 'A sweep waits']);
  assert.deepEqual(described(runs.slice(0, 1)), ['', '']);
});
