// The map of a report, on a canvas, from the numbers that stand in the page. It follows colours.js in
// one module, whose `prototypeColours` and `css` it takes: files opened from disk cannot import.
/* global prototypeColours, css */

const told = JSON.parse(document.getElementById('points').textContent);
const canvas = /** @type {HTMLCanvasElement} */ (document.getElementById('map'));
const card = document.getElementById('card');
const context = canvas.getContext('2d');
const FULL = 65535;
const REACH = 14; // pixels around the pointer
const MARGIN = 24;
const view = { zoom: 1, x: FULL / 2, y: FULL / 2 };
const points = {
  x: new Uint16Array(bytes(told.x)),
  y: new Uint16Array(bytes(told.y)),
  prototype: new Int32Array(bytes(told.prototype)),
};
let chosen = -1;

/** @param {string} text */
function bytes(text) {
  return Uint8Array.from(atob(text), each => each.charCodeAt(0)).buffer;
}

const isDark = () => matchMedia('(prefers-color-scheme: dark)').matches;
const scale = () =>
  ((Math.min(canvas.clientWidth, canvas.clientHeight) - 2 * MARGIN) / FULL) * view.zoom;
const placed = (x, y) => [
  canvas.clientWidth / 2 + (x - view.x) * scale(),
  canvas.clientHeight / 2 - (y - view.y) * scale(),
];

function draw() {
  const ratio = devicePixelRatio || 1;
  [canvas.width, canvas.height] = [canvas.clientWidth * ratio, canvas.clientHeight * ratio];
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  const colours = prototypeColours(told.marks, isDark());
  const ink = getComputedStyle(canvas).color;
  const size = Math.min(6, 2 + view.zoom / 2);
  for (let i = 0; i < points.x.length; i++) {
    const k = points.prototype[i];
    const [x, y] = placed(points.x[i], points.y[i]);
    context.globalAlpha = chosen < 0 || k === chosen ? 0.85 : 0.15;
    context.fillStyle = k < 0 ? ink : css(colours, k);
    context.fillRect(x - size / 2, y - size / 2, size, size);
  }
  context.globalAlpha = 1;
  told.marks.forEach((mark, k) => mark.x !== null && drawMark(mark, css(colours, k), k, ink));
}

function drawMark(mark, colour, k, ink) {
  const [x, y] = placed(mark.x, mark.y);
  const size = k === chosen ? 9 : 5.5;
  context.beginPath();
  context.moveTo(x, y - size);
  context.lineTo(x + size, y);
  context.lineTo(x, y + size);
  context.lineTo(x - size, y);
  context.closePath();
  context.fillStyle = colour;
  context.strokeStyle = ink;
  context.fill();
  context.stroke();
}

/** The prototype of the mark or the point under the pointer; -1 where there is none. */
function nearest(x, y) {
  let [best, found] = [REACH ** 2, -1];
  const look = (px, py, k, favour) => {
    const [cx, cy] = placed(px, py);
    const distance = ((cx - x) ** 2 + (cy - y) ** 2) * favour;
    if (distance < best) [best, found] = [distance, k];
  };
  for (let i = 0; i < points.x.length; i++) look(points.x[i], points.y[i], points.prototype[i], 1);
  told.marks.forEach((mark, k) => mark.x !== null && look(mark.x, mark.y, k, 0.3));
  return found;
}

function choose(k) {
  chosen = k;
  document.querySelector('.is-chosen')?.classList.remove('is-chosen');
  card.replaceChildren();
  const mark = told.marks[k];
  if (mark) {
    const sample = document.getElementById(`sample-${mark.number}`);
    sample?.classList.add('is-chosen');
    if (sample) card.append(...sample.cloneNode(true).childNodes);
    const name = document.createElement('b');
    name.textContent = mark.label;
    const count = document.createElement('p');
    count.textContent = `Prototype ${mark.number + 1}, ${mark.n.toLocaleString('en')} images`;
    card.append(name, count);
  }
  draw();
}

canvas.addEventListener('wheel', event => {
  event.preventDefault();
  const before = scale();
  view.zoom = Math.min(40, Math.max(0.7, view.zoom * 1.0015 ** -event.deltaY));
  const [dx, dy] = [
    event.offsetX - canvas.clientWidth / 2,
    canvas.clientHeight / 2 - event.offsetY,
  ];
  view.x += dx / before - dx / scale();
  view.y += dy / before - dy / scale();
  draw();
});
let from = /** @type {{ x: number, y: number, moved: number } | null} */ (null);
canvas.addEventListener('pointerdown', event => {
  from = { x: event.offsetX, y: event.offsetY, moved: 0 };
  canvas.setPointerCapture(event.pointerId);
});
canvas.addEventListener('pointermove', event => {
  if (!from) return;
  const [dx, dy] = [event.offsetX - from.x, event.offsetY - from.y];
  from = { x: event.offsetX, y: event.offsetY, moved: from.moved + Math.hypot(dx, dy) };
  view.x -= dx / scale();
  view.y += dy / scale();
  draw();
});
canvas.addEventListener('pointerup', event => {
  if (from && from.moved < 5) choose(nearest(event.offsetX, event.offsetY));
  from = null;
});
canvas.addEventListener('keydown', event => {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (event.key === 'Escape') choose(-1);
  if (!step) return;
  event.preventDefault();
  const n = told.marks.length;
  choose((chosen + step + n) % n);
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
new ResizeObserver(draw).observe(canvas);
