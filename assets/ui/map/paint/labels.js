// Labels of the map as small images: to draw their letters and rims anew in every frame would cost
// more than all points and marks.

export const LABEL_HEIGHT = 17;
const FONT = '600 12px ui-sans-serif, system-ui, -apple-system, "Segoe UI", sans-serif';
const RIM = 4;
const KEPT = 1000;

/** Returns labelOf(text, { paper, ink, dpr }) -> { image, width }: letters in ink with a rim of paper. */
export function makeLabels() {
  const known = new Map();
  return function labelOf(text, { paper, ink, dpr }) {
    const name = [dpr, paper, ink, text].join();
    if (known.size > KEPT) known.clear();
    if (!known.has(name)) known.set(name, draw(text, { paper, ink, dpr }));
    return known.get(name);
  };
}

function draw(text, { paper, ink, dpr }) {
  const image = document.createElement('canvas');
  const context = image.getContext('2d');
  context.font = FONT;
  const width = Math.ceil(context.measureText(text).width) + 2 * RIM;
  Object.assign(image, { width: width * dpr, height: LABEL_HEIGHT * dpr }); // and forgets the font
  context.scale(dpr, dpr);
  Object.assign(context, {
    font: FONT,
    textBaseline: 'middle',
    lineWidth: RIM,
    lineJoin: 'round',
    strokeStyle: paper,
    fillStyle: ink,
  });
  context.strokeText(text, RIM, LABEL_HEIGHT / 2);
  context.fillText(text, RIM, LABEL_HEIGHT / 2);
  return { image, width };
}
