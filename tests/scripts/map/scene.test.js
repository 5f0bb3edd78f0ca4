import assert from 'node:assert/strict';
import test from 'node:test';

import { coveredIn } from '../../../assets/ui/map/scene.js';

test('the map keeps free what its legend takes, of classes a second line', () => {
  const dom = {
    frame: { clientWidth: 800, clientHeight: 760 },
    bar: { offsetTop: 12, offsetHeight: 68 },
    below: { offsetWidth: 560, offsetTop: 620 },
    advice: { offsetHeight: 0 },
  };
  const one = coveredIn(dom, { kind: 'each' });
  const two = coveredIn(dom, { kind: 'classes' });
  assert.equal(one.above, 80);
  assert.ok(two.below > one.below && one.below > 0);
  assert.equal(coveredIn(dom, null).below, one.below);
  const wide = { ...dom, frame: { clientWidth: 1600, clientHeight: 760 } };
  assert.equal(coveredIn(wide, { kind: 'classes' }).below, 0); // points stand beside it
});
