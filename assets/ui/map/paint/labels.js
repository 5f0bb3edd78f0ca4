// Labels of the map as small images: to draw their letters and rims anew in every frame would cost
// more than all points and marks.

const FAMILY = 'ui-sans-serif, system-ui, -apple-system, "Segoe UI", sans-serif';
const RIM = 4;
const KEPT = 1000;
const SMALL = 600; // pixels of a frame, below which regions have smaller letters
const LARGE = 1800; // of a window, where all letters are larger, see common/measures.css

/** Letters of a prototype, and of a region of each level. */
const KINDS = {
  prototype: { weight: 600, sizes: [12, 12, 13] },
  region: { weight: 700, sizes: [15, 18, 20] },
  part: { weight: 700, sizes: [13, 14.5, 16] },
};
const LINE = 1.4; // times the size

/** Returns labelOf(text, kind, { paper, ink, dpr, width }) -> { image, width, height }: letters in ink
 * with a rim of paper; `width` is that of the frame. */
export function makeLabels() {
  const known = new Map();
  return function labelOf(text, kind, look) {
    const step = stepOf(look.width);
    const name = [kind, look.dpr, look.paper, look.ink, text, step].join();
    if (known.size > KEPT) known.clear();
    if (!known.has(name))
      known.set(name, draw(text, KINDS[kind].weight, KINDS[kind].sizes[step], look));
    return known.get(name);
  };
}

const stepOf = width => (width < SMALL ? 0 : window.innerWidth >= LARGE ? 2 : 1);

function draw(text, weight, size, { paper, ink, dpr }) {
  const height = Math.round(size * LINE);
  const font = `${weight} ${size}px ${FAMILY}`;
  const image = document.createElement('canvas');
  const context = image.getContext('2d');
  context.font = font;
  const width = Math.ceil(context.measureText(text).width) + 2 * RIM;
  Object.assign(image, { width: width * dpr, height: height * dpr }); // and forgets the font
  context.scale(dpr, dpr);
  Object.assign(context, {
    font,
    textBaseline: 'middle',
    lineWidth: size > 13 ? RIM + 1 : RIM,
    lineJoin: 'round',
    strokeStyle: paper,
    fillStyle: ink,
  });
  context.strokeText(text, RIM, height / 2);
  context.fillText(text, RIM, height / 2);
  return { image, width, height };
}
