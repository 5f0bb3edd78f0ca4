// Marks of prototypes as small images: to stroke each anew in every frame takes longer than all points.

const KEPT = 3000;

/** Returns stampOf(look) -> { image, side }, a diamond, or a square where `isPairless`.
 * look: { radius, fill, or null for an outline alone, line, paper, lineWidth, isPairless, dpr }
 */
export function makeStamps() {
  const known = new Map();
  return function stampOf(look) {
    const name = Object.values(look).join();
    if (known.size > KEPT) known.clear();
    if (!known.has(name)) known.set(name, draw(look));
    return known.get(name);
  };
}

function draw({ radius, fill, line, paper, lineWidth, isPairless, dpr }) {
  const side = 2 * Math.ceil(radius + 4);
  const image = document.createElement('canvas');
  Object.assign(image, { width: side * dpr, height: side * dpr });
  const context = image.getContext('2d');
  context.scale(dpr, dpr);
  context.translate(side / 2, side / 2);
  context.beginPath();
  if (isPairless) context.rect(-0.7 * radius, -0.7 * radius, 1.4 * radius, 1.4 * radius);
  else for (const [x, y] of CORNERS) context.lineTo(x * radius, y * radius);
  context.closePath();
  context.strokeStyle = paper;
  context.lineWidth = lineWidth + 3;
  context.stroke();
  if (fill) {
    context.fillStyle = fill;
    context.fill();
  }
  context.strokeStyle = line;
  context.lineWidth = lineWidth;
  context.stroke();
  return { image, side };
}

const CORNERS = [
  [0, -1],
  [1, 0],
  [0, 1],
  [-1, 0],
];
