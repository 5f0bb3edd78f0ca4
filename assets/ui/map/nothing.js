// Says where the map shows no point, to which a few turns of a wheel lead, and leads back.

const REST_MS = 200; // without a drawing, until it is looked

/** Whether any point lies in the frame.
 * @param {{ x: Float32Array, y: Float32Array }} points
 * @param {{ toPlane: (left: number, top: number) => [number, number] }} camera
 * @param {{ clientWidth: number, clientHeight: number }} frame
 */
export function isAnySeen({ x, y }, camera, { clientWidth, clientHeight }) {
  const [left, top] = camera.toPlane(0, 0);
  const [right, bottom] = camera.toPlane(clientWidth, clientHeight);
  for (let i = 0; i < x.length; i++)
    if (x[i] >= left && x[i] <= right && y[i] <= top && y[i] >= bottom) return true;
  return false;
}

/** Returns look(), to be called after each drawing: it shows `dom.nothing` at rest, or hides it. */
export function makeNothing(dom, state, camera) {
  let waiting = 0;
  return () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      dom.nothing.hidden = isAnySeen(state.points, camera, dom.frame);
    }, REST_MS);
  };
}
