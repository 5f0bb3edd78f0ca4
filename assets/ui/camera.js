// Which part of the plane the map shows, and the way between plane and screen.

const MARGIN = 0.9;
const CLOSEST = 400; // times the whole view

export function makeCamera(frame) {
  let home = 1;
  const camera = { scale: 1, centre: [0, 0] };
  const middle = () => [frame.clientWidth / 2, frame.clientHeight / 2];

  /** Screen position, in pixels from the frame's corner, of a place in the plane. */
  camera.toScreen = (x, y) => {
    const [w, h] = middle();
    return [(x - camera.centre[0]) * camera.scale + w, h - (y - camera.centre[1]) * camera.scale];
  };
  camera.toPlane = (left, top) => {
    const [w, h] = middle();
    return [(left - w) / camera.scale + camera.centre[0], (h - top) / camera.scale + camera.centre[1]];
  };
  camera.pan = (dx, dy) => {
    camera.centre[0] -= dx / camera.scale;
    camera.centre[1] += dy / camera.scale;
  };
  camera.zoom = (factor, left, top) => {
    const [x, y] = camera.toPlane(left, top);
    camera.scale = Math.min(CLOSEST * home, Math.max(0.4 * home, camera.scale * factor));
    const [w, h] = middle();
    camera.centre = [x - (left - w) / camera.scale, y + (top - h) / camera.scale];
  };
  camera.fit = ({ x, y }) => {
    const [w, h] = middle();
    home = 2 * MARGIN * Math.min(w / (x[1] - x[0] || 1), h / (y[1] - y[0] || 1));
    camera.scale = home;
    camera.centre = [(x[0] + x[1]) / 2, (y[0] + y[1]) / 2];
  };
  /** How much closer than the whole view. */
  camera.closeness = () => camera.scale / home;
  return camera;
}
