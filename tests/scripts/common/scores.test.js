import assert from 'node:assert/strict';
import test from 'node:test';

import {
  headline,
  meanOf,
  measures,
  shown,
  withInterval,
} from '../../../assets/ui/common/scores.js';

const [overall, one, ten] = ['overall', 'at-1', 'at-10'].map(name => ({
  name,
  label: name,
  unit: '%',
  group: '',
  mean_of: name === 'overall' ? ['at-1', 'at-10'] : [],
}));
const own = { ...overall, mean_of: [] };
const several = { metrics: [overall, one, ten] };
const single = { metrics: [own] };
const beside = { metrics: [own, one] };

test('the first metric is the headline, and stands in tables unless it is the mean of others', () => {
  assert.equal(headline(several), overall);
  assert.deepEqual(measures(several), [one, ten]);
  assert.deepEqual(measures(single), [own]);
  assert.deepEqual(measures(beside), [own, one]);
});

test('a score is its mean with half of the interval, one digit each', () => {
  assert.equal(withInterval([12.345, 0.96]), '12.3 ± 1.0');
  assert.equal(withInterval([12.345, null]), '12.3');
  assert.equal(withInterval(undefined), '–');
});

test('a metric that was not measured is a dash in a table and null in a chart', () => {
  const scores = { 'at-1': [5, 0.5] };
  assert.equal(shown(scores, one), '5.0 ± 0.5');
  assert.equal(meanOf(scores, one), 5);
  assert.equal(shown(scores, ten), '–');
  assert.equal(meanOf(scores, ten), null);
  assert.equal(meanOf(undefined, ten), null);
});
