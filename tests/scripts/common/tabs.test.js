import assert from 'node:assert/strict';
import test from 'node:test';

import { described } from '../../../assets/ui/common/tabs.js';

const run = (state, share, kind = 'distill') => ({
  kind,
  about: { stages: [{ name: 'embed' }, { name: 'synthesize' }] },
  status: { state, share, stage: 'synthesize' },
});

test('a run that goes is told by how far it is in all its steps, and how many wait behind it', () => {
  const runs = [run('running', 0.456), run('queued', 0)];
  assert.deepEqual(described(runs), ['72 %', 'A run is going, step 2 of 2, 1 more waits']);
});

test('preparing a map is no run, and what waits for it has not begun', () => {
  const runs = [run('running', 0.2, 'prepare'), run('queued', 0, 'sweep')];
  assert.deepEqual(described(runs), ['…', 'A sweep waits']);
  assert.deepEqual(described(runs.slice(0, 1)), ['', '']);
});
