import assert from 'node:assert/strict';
import test from 'node:test';

import { makeCamera } from '../../../assets/ui/map/camera.js';

const BOX = { x: [0, 10], y: [-5, 5] };

function camera() {
  const made = makeCamera({ clientWidth: 400, clientHeight: 200 });
  made.fit(BOX);
  return made;
}

const near = (a, b) =>
  a.forEach((value, i) => assert.ok(Math.abs(value - b[i]) < 1e-9, `${a} ${b}`));

test('the whole view has its centre in the middle and fits into the lower side', () => {
  const { toScreen, scale, view } = camera();
  near(toScreen(5, 0), [200, 100]);
  assert.equal(scale, 18); // 0.9 * 200 / 10
  near(toScreen(5, 5), [200, 10]);
  assert.equal(view(), null);
});

test('what covers the frame above and below is left free', () => {
  const made = makeCamera({ clientWidth: 400, clientHeight: 200 });
  made.fit(BOX, { above: 40, below: 20 });
  const [top, bottom] = [made.toScreen(5, 5)[1], made.toScreen(5, -5)[1]];
  assert.ok(top > 40 && bottom < 180);
  assert.ok(Math.abs(top - 40 - (180 - bottom)) < 1e-9); // in the middle of what is free
  assert.equal(made.view(), null);
});

test('in a frame of another size the whole view stays whole, and a part stays where it is', () => {
  const frame = { clientWidth: 400, clientHeight: 200 };
  const made = makeCamera(frame);
  made.fit(BOX);
  frame.clientHeight = 100;
  made.refit(BOX);
  assert.equal(made.view(), null);
  near(made.toScreen(5, 5), [200, 5]);
  made.zoom(2, 10, 10);
  const { scale, centre } = made;
  frame.clientHeight = 300;
  made.refit(BOX);
  assert.equal(made.scale, scale);
  near(made.centre, centre);
});

test('from the plane to the screen and back is the same place', () => {
  const made = camera();
  made.pan(13, -4);
  made.zoom(2.5, 30, 40);
  near(made.toPlane(...made.toScreen(3, 2)), [3, 2]);
});

test('what is under the cursor stays there while zooming', () => {
  const made = camera();
  const before = made.toPlane(50, 160);
  made.zoom(3, 50, 160);
  near(made.toPlane(50, 160), before);
});

test('a view is found again in a frame of another size, and zoom has ends', () => {
  const made = camera();
  made.zoom(4, 10, 10);
  const other = makeCamera({ clientWidth: 900, clientHeight: 700 });
  other.fit(BOX);
  other.lookAt(made.view());
  near(other.view(), made.view());
  made.zoom(1e9, 0, 0);
  near([made.closeness()], [400]);
  made.zoom(1e-9, 0, 0);
  near([made.closeness()], [0.4]);
});
