import assert from 'node:assert/strict';
import test from 'node:test';

import {
  contrast,
  css,
  palette,
  prototypeColours,
  ramp,
  shades,
} from '../../../assets/ui/common/colours.js';

/** The colours in bytes of four. */
const each = bytes =>
  Array.from({ length: bytes.length / 4 }, (_, i) => [...bytes.subarray(4 * i, 4 * i + 4)]);
const luma = ([r, g, b]) => 0.2126 * r + 0.7152 * g + 0.0722 * b;

test('colours are opaque, and the first hundred of a palette differ', () => {
  for (const dark of [false, true]) {
    const colours = each(palette(100, dark));
    assert.ok(colours.every(([, , , alpha]) => alpha === 255));
    assert.equal(new Set(colours.map(String)).size, 100);
  }
});

test('prototypes that are alike have hues alike, and all differ', () => {
  const places = [5, 0, 1, 9, 2, 3, 4, 6, 7, 8];
  const colours = each(
    prototypeColours(
      places.map(place => ({ place })),
      false,
    ),
  );
  const apart = (a, b) => Math.hypot(...[0, 1, 2].map(at => colours[a][at] - colours[b][at]));
  assert.equal(new Set(colours.map(String)).size, 10);
  assert.ok(apart(1, 2) < apart(1, 0));
});

test('a class keeps its colour when there are more of them', () => {
  assert.deepEqual([...palette(3, false)], [...palette(50, false).subarray(0, 12)]);
});

test('a scale runs from the paper to what stands out: darker on white, lighter on black', () => {
  for (const scale of [ramp, shades])
    for (const dark of [false, true]) {
      const lumas = each(scale(16, dark)).map(luma);
      for (let i = 1; i < 16; i++) assert.ok(lumas[i] > lumas[i - 1] === dark, `${dark} ${i}`);
    }
});

test('the two sides are blue and orange', () => {
  const [blue, orange] = each(contrast(false));
  assert.ok(blue[2] > blue[0] && orange[0] > orange[2]);
  assert.equal(css(contrast(false), 1), `rgb(${orange.slice(0, 3).join(' ')})`);
});
