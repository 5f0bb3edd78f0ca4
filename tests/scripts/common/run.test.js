import assert from 'node:assert/strict';
import test from 'node:test';

import {
  dataName,
  headAmong,
  methodOf,
  nameOf,
  seedsNamed,
  seedsOf,
  sizeOf,
  sizeTitle,
  startedAt,
  title,
  wayOf,
} from '../../../assets/ui/common/run.js';

const run = {
  id: '20261120-195536-123-ab12',
  kind: 'distill',
  about: { makes: true, unit: 'pairs' },
  label: { name: '', note: '' },
  config: {
    data: 'scenes',
    method: 'some',
    size: 20,
    edits: [{ kind: 'split' }, { kind: 'picture' }],
  },
  result: null,
};

test('data are called by the last part of their path', () => {
  assert.equal(dataName({ data: 'scenes' }), 'Scenes');
  assert.equal(dataName({ data: '/data/flickr/' }), 'flickr');
  assert.equal(dataName({ data: 'hf:owner/name' }), 'name');
});

test('of several runs that are called alike it is told when each began', () => {
  const later = { ...run, id: '20261120-195537-123-ab12' };
  const own = { ...later, label: { name: 'mine', note: '' } };
  assert.equal(headAmong(run, [run, own]), 'Scenes · some · 21 pairs · 2 edits');
  assert.match(headAmong(run, [run, later, own]), /2 edits, .*36/);
  assert.equal(headAmong(own, [run, own]), 'mine');
});

test('a set is known by its seeds, each said once; a sweep has many and names none', () => {
  const of = (...seeds) => seedsOf({ kind: 'distill', about: { seeds } });
  assert.equal(of(42, 0), '42, 0');
  assert.equal(of(7, 7), '7');
  assert.equal(of(), '');
  assert.equal(seedsOf({ kind: 'sweep', about: { seeds: [0] } }), '');
});

test('of several seeds it is told what each is of', () => {
  const of = (seeds, parts) => seedsNamed({ about: { seeds, seeds_in: parts } });
  assert.equal(of([42, 0], ['Prototypes', 'Images']), 'Prototypes: 42. Images: 0.');
  assert.equal(of([42], ['']), null);
});

test('a set is as large as asked for with what edits add, then as large as it was made', () => {
  assert.equal(sizeOf(run), 21);
  assert.equal(sizeOf({ ...run, result: { n_pairs: 19 } }), 19);
  assert.equal(sizeOf({ ...run, about: { makes: false } }), 'all');
  assert.equal(sizeOf({ ...run, kind: 'sweep', sweep: { n_pairs: [10, 20] } }), '10, 20');
});

test('a run is titled by data, method, size and edits', () => {
  assert.equal(title(run), 'Scenes · some · 21 pairs · 2 edits');
  const added = { ...run.config, edits: [{ kind: 'add' }, { kind: 'drop' }] };
  assert.equal(title({ ...run, config: added }), 'Scenes · some · 19 pairs plus 1 added · 2 edits');
  assert.equal(title({ ...run, kind: 'prepare' }), 'Preparing Scenes');
  const sweep = { methods: ['a', 'b'], n_pairs: [5] };
  const swept = { ...run, kind: 'sweep', sweep, config: { data: 'scenes' } };
  assert.equal(title(swept), 'Scenes · sweep of a, b · 5 pairs');
  assert.equal(sizeTitle(run.about), 'Pairs');
});

test('what was done by hand stands beside the method, always', () => {
  assert.equal(wayOf(run), 'some · 2 edits');
  const config = { ...run.config, edits: [], subset: '0123456789abcdef' };
  assert.equal(wayOf({ ...run, config }), 'some · subset 01234567');
  assert.equal(wayOf({ ...run, config: { method: 'some' } }), 'some');
});

test('an id says when a run was asked for, in UTC', () => {
  assert.equal(startedAt(run.id).toISOString(), '2026-11-20T19:55:36.000Z');
  assert.equal(startedAt('imported'), null);
  assert.equal(nameOf({ id: 'imported', label: { name: '' } }), 'imported');
  assert.equal(nameOf({ ...run, label: { name: 'mine' } }), 'mine');
});

test('many ways of one method are counted, few are listed', () => {
  const sweep = methods => methodOf({ kind: 'sweep', sweep: { methods } });
  assert.equal(sweep(['pds[steps=1]', 'random']), 'pds[steps=1], random');
  const many = [1, 2, 3, 4].map(steps => `pds[steps=${steps}]`);
  assert.equal(sweep([...many, 'random']), 'pds with 4 choices of settings, random');
});
