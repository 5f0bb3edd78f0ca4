import assert from 'node:assert/strict';
import test from 'node:test';

import { unpack } from '../../../assets/ui/common/columns.js';

function packed(header, body) {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = text.length + ((8 - ((text.length + 4) % 8)) % 8);
  const bytes = new Uint8Array(4 + length + body.byteLength).fill(32);
  new DataView(bytes.buffer).setUint32(0, length, true);
  bytes.set(text, 4);
  bytes.set(new Uint8Array(body), 4 + length);
  return bytes.buffer;
}

test('numbers, dates and words are read behind a header of any length', () => {
  const number = unpack(
    packed({ kind: 'number', n: 2, names: [] }, Float32Array.of(1, NaN).buffer),
  );
  assert.deepEqual([...number.values], [1, NaN]);
  const date = unpack(
    packed({ kind: 'date', n: 1, names: [], per: 'x' }, Float64Array.of(1.5e9).buffer),
  );
  assert.deepEqual([...date.values], [1.5e9]);
  const words = unpack(packed({ kind: 'words', n: 1, names: ['ö'] }, Uint16Array.of(0).buffer));
  assert.deepEqual([words.names, [...words.values]], [['ö'], [0]]);
});

test('lists are read with where each begins', () => {
  const body = new Uint8Array(3 * 4 + 3 * 2);
  body.set(new Uint8Array(Uint32Array.of(0, 1, 3).buffer));
  body.set(new Uint8Array(Uint16Array.of(1, 0, 1).buffer), 12);
  const { starts, values } = unpack(packed({ kind: 'list', n: 2, names: ['a', 'b'] }, body.buffer));
  assert.deepEqual(
    [[...starts], [...values]],
    [
      [0, 1, 3],
      [1, 0, 1],
    ],
  );
});
