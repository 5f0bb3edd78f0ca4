import assert from 'node:assert/strict';
import test from 'node:test';

import { makeLink, readView } from '../../../assets/ui/map/link.js';

/** A browser's address, as far as the link reads and writes it. */
function visit(search) {
  const location = { pathname: '/', search, hash: '' };
  const replaceState = (_, __, address) => (location.search = address.slice(1));
  Object.assign(globalThis, { location, history: { state: null, replaceState } });
  return location;
}

test('an address without a view asks for none', () => {
  visit('?data=scenes');
  assert.deepEqual(readView(), {
    space: null,
    colours: null,
    images: null,
    number: null,
    point: null,
    camera: null,
  });
});

test('prototypes are counted from 1 in the address, and what cannot be read is left out', () => {
  visit('?prototype=3&point=12&camera=1,2.5,4&space=caption');
  const { number, point, camera, space } = readView();
  assert.deepEqual([number, point, camera, space], [2, 12, [1, 2.5, 4], 'caption']);
  visit('?prototype=0&point=-1&camera=1,2,0');
  assert.deepEqual(Object.values(readView()), Array(6).fill(null));
});

test('what is written is read again, and what else stands in the address stays', () => {
  const location = visit('?other=yes&prototype=9');
  const view = {
    space: 'image',
    colours: 'size',
    images: 'off',
    number: 4,
    point: null,
    camera: [1.23456789, -2, 3],
  };
  makeLink(() => view).write();
  assert.deepEqual(readView(), { ...view, camera: [1.2346, -2, 3] });
  assert.match(location.search, /other=yes/);
});

test('another map forgets the view of the one before', () => {
  visit('?prototype=9&space=caption');
  makeLink(() => ({})).begin({ data: 'digits' });
  assert.deepEqual(Object.values(readView()), Array(6).fill(null));
  assert.equal(new URLSearchParams(globalThis.location.search).get('data'), 'digits');
});
