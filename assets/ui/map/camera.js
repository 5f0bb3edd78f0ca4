// Which part of the plane the map shows, and the way between plane and screen.

const MARGIN = 0.9;
const [FARTHEST, CLOSEST] = [0.4, 400]; // times the whole view

export function makeCamera(frame) {
  let home = 1;
  let whole = [0, 0]; // the centre of the whole view
  const camera = { scale: 1, centre: [0, 0] };
  const middle = () => [frame.clientWidth / 2, frame.clientHeight / 2];

  /** Screen position, in pixels from the frame's corner, of a place in the plane. */
  camera.toScreen = (x, y) => {
    const [w, h] = middle();
    return [(x - camera.centre[0]) * camera.scale + w, h - (y - camera.centre[1]) * camera.scale];
  };
  camera.toPlane = (left, top) => {
    const [w, h] = middle();
    return [
      (left - w) / camera.scale + camera.centre[0],
      (h - top) / camera.scale + camera.centre[1],
    ];
  };
  camera.pan = (dx, dy) => {
    camera.centre[0] -= dx / camera.scale;
    camera.centre[1] += dy / camera.scale;
  };
  camera.zoom = (factor, left, top) => {
    const [x, y] = camera.toPlane(left, top);
    camera.scale = Math.min(CLOSEST * home, Math.max(FARTHEST * home, camera.scale * factor));
    const [w, h] = middle();
    camera.centre = [x - (left - w) / camera.scale, y + (top - h) / camera.scale];
  };
  /** Shows all of a box; `above` and `below` are pixels of the frame that something covers. */
  camera.fit = ({ x, y }, { above = 0, below = 0 } = {}) => {
    const [w, h] = middle();
    const free = Math.max(h / 2, h - (above + below) / 2);
    home = 2 * MARGIN * Math.min(w / (x[1] - x[0] || 1), free / (y[1] - y[0] || 1));
    camera.scale = home;
    camera.centre = [(x[0] + x[1]) / 2, (y[0] + y[1]) / 2 + (above - below) / 2 / home];
    whole = camera.centre.slice();
  };
  /** The frame or what covers it has another size: the whole view stays whole, others stay. */
  camera.refit = (...how) => {
    const kept = camera.view() && { scale: camera.scale, centre: camera.centre };
    camera.fit(...how);
    if (kept) Object.assign(camera, kept);
  };
  /** How much closer than the whole view. */
  camera.closeness = () => camera.scale / home;
  /** Where it looks, in any frame: [x, y, closeness], or null for the whole view. */
  camera.view = () => {
    const isWhole =
      camera.scale === home && camera.centre.every((value, axis) => value === whole[axis]);
    return isWhole ? null : [...camera.centre, camera.closeness()];
  };
  camera.lookAt = ([x, y, closeness]) => {
    camera.scale = home * Math.min(CLOSEST, Math.max(FARTHEST, closeness));
    camera.centre = [x, y];
  };
  return camera;
}
