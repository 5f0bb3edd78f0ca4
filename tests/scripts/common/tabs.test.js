import assert from 'node:assert/strict';
import test from 'node:test';

import { described } from '../../../assets/ui/common/tabs.js';

const run = (state, share, kind = 'distill', expected = {}) => ({
  kind,
  expected,
  about: { stages: [{ name: 'embed' }, { name: 'synthesize' }] },
  status: { state, share, stage: 'synthesize' },
});

test('a run that goes is told by its step where nobody knows what the steps take, and how many wait', () => {
  const runs = [run('running', 0.456), run('queued', 0)];
  assert.deepEqual(described(runs), ['2 / 2', 'A run is going, step 2 of 2, 1 more waits']);
});

test('of a run of one step its share is how far the run is', () => {
  const sweep = { ...run('running', 0.456, 'sweep'), about: { stages: [{ name: 'synthesize' }] } };
  assert.deepEqual(described([sweep]), ['45 %', 'A sweep is going, step 1 of 1']);
});

test('steps weigh what they were expected to take', () => {
  const share = expected => described([run('running', 0.5, 'distill', expected)])[0];
  assert.equal(share({ embed: 10, synthesize: 990, elsewhere: 5 }), '50 %');
  assert.equal(share({ embed: 300, synthesize: 100 }), '87 %');
  assert.equal(share({ embed: 0, synthesize: 0 }), '2 / 2'); // nothing to weigh by
});

test('preparing a map is no run, and what waits for it has not begun', () => {
  const runs = [run('running', 0.2, 'prepare'), run('queued', 0, 'sweep')];
  assert.deepEqual(described(runs), ['…', 'A sweep waits']);
  assert.deepEqual(described(runs.slice(0, 1)), ['', '']);
});
