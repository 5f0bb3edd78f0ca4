// Draws how many points lie where: counted in small cells, smoothed, and coloured on a log scale. It
// is arithmetic on a small grid, so it looks the same with and without WebGL.

const CELL_PX = 3;
const SMOOTHED = 3; // times, each by about a cell
const FAINT = 0.05; // points in a cell, below which it stays paper

export function makeDensity(canvas) {
  const context = canvas.getContext('2d');

  /** at: { points, width, height, scale, centre }; `colours` are bytes, the sparsest first. */
  return function draw(at, colours) {
    const [w, h] = [Math.ceil(at.width / CELL_PX), Math.ceil(at.height / CELL_PX)];
    if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
    let counts = countPoints(at, w, h);
    for (let time = 0; time < SMOOTHED; time++) counts = smooth(smooth(counts, w, h, 1), h, w, w);
    const image = context.createImageData(w, h);
    paint(image.data, counts, colours);
    context.putImageData(image, 0, 0);
  };
}

function countPoints({ points: { n, x, y }, width, height, scale, centre }, w, h) {
  const counts = new Float32Array(w * h);
  const each = scale / CELL_PX;
  const [left, top] = [
    width / 2 / CELL_PX - centre[0] * each,
    height / 2 / CELL_PX + centre[1] * each,
  ];
  for (let i = 0; i < n; i++) {
    const [column, row] = [Math.floor(left + x[i] * each), Math.floor(top - y[i] * each)];
    if (column >= 0 && row >= 0 && column < w && row < h) counts[row * w + column]++;
  }
  return counts;
}

/** Shares each count with the cells before and after it; `step` leads from one to the next of `length`. */
function smooth(counts, length, others, step) {
  const other = step === 1 ? length : 1;
  const smoothed = new Float32Array(counts.length);
  for (let o = 0; o < others; o++) {
    for (let at = 0, c = o * other; at < length; at++, c += step) {
      const [before, after] = [at ? counts[c - step] : 0, at < length - 1 ? counts[c + step] : 0];
      smoothed[c] = (before + 2 * counts[c] + after) / 4;
    }
  }
  return smoothed;
}

function paint(bytes, counts, colours) {
  const most = Math.log1p(counts.reduce((a, b) => Math.max(a, b), 0)) || 1;
  const steps = colours.length / 4;
  for (let c = 0; c < counts.length; c++) {
    if (counts[c] < FAINT / 2) continue;
    const share = Math.log1p(counts[c]) / most;
    const step = 4 * Math.min(steps - 1, Math.floor(share * steps));
    for (let channel = 0; channel < 3; channel++) bytes[4 * c + channel] = colours[step + channel];
    bytes[4 * c + 3] = 255 * Math.min(1, counts[c] / FAINT);
  }
}
