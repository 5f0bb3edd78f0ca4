// Draws the layers of painter.js on a plain canvas, where there is no WebGL.

const SIDE = 0.86; // of a square that looks as big as a disc

export function plain(context) {
  let [points, lit, kinds] = [null, null, null];
  let colours = [];
  let paper = [255, 255, 255];
  const faded = (colour, strength) =>
    `rgb(${colour.map((value, c) => Math.round(paper[c] + strength * (value - paper[c]))).join(' ')})`;

  function drawLayer(
    { from, to, every, opacity, strength, isLit },
    side,
    { width, height, scale, centre },
  ) {
    context.globalAlpha = opacity;
    let last = null;
    for (let place = from; place < to; place += every) {
      const i = points.order[isLit ? lit[place] : place];
      const left = (points.x[i] - centre[0]) * scale + width / 2 - side / 2;
      const top = height / 2 - (points.y[i] - centre[1]) * scale - side / 2;
      if (left < -side || top < -side || left > width || top > height) continue;
      if (kinds[i] !== last) {
        last = kinds[i];
        context.fillStyle = faded(colours[last + 1], strength);
      }
      context.fillRect(left, top, side, side);
    }
  }

  return {
    name: 'canvas2d',
    upload: given => (points = given),
    light: found => (lit = found),
    recolour({ classes, palette, grey, paper: sheet }) {
      const bytes = [...grey, ...palette];
      [kinds, paper] = [classes, sheet.slice(0, 3)];
      colours = Array.from({ length: bytes.length / 4 }, (_, c) => bytes.slice(4 * c, 4 * c + 3));
    },
    draw(at, layers) {
      context.setTransform(at.dpr, 0, 0, at.dpr, 0, 0);
      context.clearRect(0, 0, at.width, at.height);
      for (const layer of layers) drawLayer(layer, at.size * layer.bigger * SIDE, at);
    },
    finish: () => context.getImageData(0, 0, 1, 1),
  };
}
