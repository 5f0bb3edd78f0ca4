import assert from 'node:assert/strict';
import test from 'node:test';

import { makeCamera } from '../../../assets/ui/map/camera.js';
import { isAnySeen } from '../../../assets/ui/map/nothing.js';

test('a map knows whether it shows any of its points', () => {
  const frame = { clientWidth: 300, clientHeight: 200 };
  const camera = makeCamera(frame);
  const points = { x: Float32Array.of(0, 1), y: Float32Array.of(0, 1) };
  camera.fit({ x: [0, 1], y: [0, 1] });
  assert.ok(isAnySeen(points, camera, frame));
  camera.zoom(40, 150, 100); // to between them
  assert.ok(!isAnySeen(points, camera, frame));
  camera.centre = [1, 1];
  assert.ok(isAnySeen(points, camera, frame));
});
