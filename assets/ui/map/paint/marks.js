// Draws over the points: a diamond per prototype, the labels that fit, and rings around what is
// chosen. A hollow square marks a pairless prototype, whose two clusters share no row.

import { makeLabels } from './labels.js';
import { placeLabels } from './placing.js';
import { makeStamps } from './stamps.js';
import { eachStemOnce } from '../stems.js';
import { themeColour } from '../../common/page.js';

const MAP_WORDS = 2; // the inspector shows all
const [RADIUS, SMALL_RADIUS, CHOSEN_RADIUS] = [6.5, 4.5, 10]; // of a mark, in pixels
const MANY = 300; // marks, of which each is small
const PX2_PER_LABEL = 21000; // so that labels stay an aid and do not become the map

export function makeMarks(canvas) {
  const context = canvas.getContext('2d');
  const labelOf = makeLabels();
  const stampOf = makeStamps();
  const kept = new Map(); // where the names of regions stood last
  let named = null;
  let placed = []; // as of placing.js

  /**
   * at: { width, height, dpr, larger: times the usual size of marks, place(p) -> [x, y], prototypes: [{label, n_shared, n_rows}],
   *       under(context, { width, height, ink, paper }): draws what stands under the marks,
   *       colourOf(p), or null for hollow marks, selected: prototype or null, ringOf() -> [x, y] or null, isLit: whether rows are, path: an outline or null,
   *       rays: places of the chosen prototype's points, which lines from its mark lead to,
   *       regions: { level, regions } to be named, covered: boxes where no label may stand }
   */
  function draw(at) {
    context.setTransform(at.dpr, 0, 0, at.dpr, 0, 0);
    context.clearRect(0, 0, at.width, at.height);
    const paper = themeColour('--background-fill-primary', canvas);
    const ink = themeColour('--body-text-color', canvas);
    at.under(context, { width: at.width, height: at.height, ink, paper });
    const isSeen = ([x, y]) => x > -9 && y > -9 && x < at.width + 9 && y < at.height + 9;
    const shown = at.prototypes
      .map((prototype, p) => ({ ...prototype, p, spot: at.place(p) }))
      .filter(({ spot }) => isSeen(spot));
    const sheet = { context, paper, ink, labelOf, stampOf };
    if (at.selected !== null) rays(sheet, at.place(at.selected), at.rays);
    for (const one of shown) if (one.p !== at.selected) mark(sheet, one, at);
    const spot = at.ringOf();
    if (spot) ring(sheet, spot, 9);
    const chosen = shown.find(one => one.p === at.selected);
    if (chosen) mark(sheet, chosen, at);
    if (at.regions.regions !== named) kept.clear();
    named = at.regions.regions;
    placed = labels(sheet, shown, at, kept);
    if (at.path) outline(sheet, at.path, themeColour('--color-accent', canvas));
  }

  return { draw, labels: () => placed };
}

function outline({ context }, path, colour) {
  context.beginPath();
  for (const [x, y] of path) context.lineTo(x, y);
  context.closePath();
  context.globalAlpha = 0.12;
  context.fillStyle = colour;
  context.fill('evenodd');
  context.globalAlpha = 1;
  context.lineWidth = 1.5;
  context.strokeStyle = colour;
  context.stroke();
}

/** Faint lines, for its mark may stand far from some of a prototype's points. */
function rays({ context, ink }, [x, y], places) {
  context.beginPath();
  for (const place of places) {
    context.moveTo(x, y);
    context.lineTo(...place);
  }
  context.globalAlpha = 0.16;
  context.lineWidth = 1;
  context.strokeStyle = ink;
  context.stroke();
  context.globalAlpha = 1;
}

/** Whether a prototype stands out: it is chosen, or nothing is. */
const isClear = (p, { selected, isLit }) => p === selected || (selected === null && !isLit);

function mark({ context, paper, ink, stampOf }, { p, n_shared, spot: [x, y] }, at) {
  const isChosen = p === at.selected;
  const own = at.colourOf ? at.colourOf(p) : ink;
  const isFull = n_shared && at.colourOf; // a full mark in ink would hide the points' colours
  const isFilled = isChosen || !at.isLit; // else it might cover what is lit
  const { image, side } = stampOf({
    radius: isChosen ? CHOSEN_RADIUS * at.larger : radiusOf(at),
    fill: isFilled && (isFull ? own : paper),
    line: isFull ? ink : own,
    paper,
    lineWidth: isChosen ? 2.5 : 1.2,
    isPairless: !n_shared,
    dpr: at.dpr,
  });
  context.globalAlpha = isClear(p, at) ? 1 : 0.35;
  context.drawImage(image, x - side / 2, y - side / 2, side, side);
  context.globalAlpha = 1;
}

const radiusOf = ({ prototypes, larger }) =>
  larger * (prototypes.length > MANY ? SMALL_RADIUS : RADIUS);

function ring({ context, paper, ink }, [x, y], radius) {
  for (const [width, colour] of [
    [4.5, paper],
    [2, ink],
  ]) {
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.lineWidth = width;
    context.strokeStyle = colour;
    context.stroke();
  }
}

/** Draws the labels that fit; which ones does not change with what is chosen, which is named in any
 * case. Returns them. */
function labels(sheet, shown, at, kept) {
  const { context, labelOf } = sheet;
  const look = { ...sheet, dpr: at.dpr, width: at.width };
  const { level, regions } = at.regions;
  const said = saidBy(regions);
  const placed = placeLabels({
    ...at,
    marks: shown.map(({ p, label, n_rows, spot }) => {
      const own = words(label, said.get(p));
      return { p, text: own || words(label) || label, n_rows, spot, isSaid: !own };
    }),
    regions: regions.map(({ name, at: p, members }) => ({
      name,
      spot: at.place(p),
      members: new Set(members),
    })),
    kind: level ? 'part' : 'region',
    radius: radiusOf(at) + 1,
    room: Math.max(
      4,
      Math.round((at.width * at.height) / (regions.length ? 2 : 1) / PX2_PER_LABEL),
    ),
    sizeOf: (text, kind) => labelOf(text, kind, look),
    kept,
  });
  const whole = value => Math.round(value * at.dpr) / at.dpr; // letters between pixels would blur
  for (const { text, kind, box, p } of placed) {
    const { image, width, height } = labelOf(text, kind, look);
    context.globalAlpha = p < 0 || isClear(p, at) ? 1 : 0.45;
    context.drawImage(image, whole(box[0]), whole(box[1]), width, height);
  }
  context.globalAlpha = 1;
  return placed;
}

/** The words that the name of its region says already, by prototype. */
const saidBy = regions =>
  new Map(regions.flatMap(({ name, members }) => members.map(p => [p, name.split(' · ')])));

/** The first words that do not begin alike, nor are said by the region's name. */
const words = (label, said = []) =>
  eachStemOnce(label.split(' · '), said).slice(0, MAP_WORDS).join(' · ');
