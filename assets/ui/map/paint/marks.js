// Draws over the points: a diamond per prototype, the labels that fit, and rings around what is
// chosen. A hollow square marks a pairless prototype, whose two clusters share no row.

import { LABEL_HEIGHT, makeLabels } from './labels.js';
import { makeStamps } from './stamps.js';
import { themeColour } from '../../common/page.js';

const MAP_WORDS = 2; // the inspector shows all
const ALIKE = 5; // letters that words of one stem begin with
const [RADIUS, SMALL_RADIUS, CHOSEN_RADIUS] = [6.5, 4.5, 10]; // of a mark, in pixels
const MANY = 300; // marks, of which each is small
const TRIED = 4; // times as many labels are tried as there is room for
const PX2_PER_LABEL = 21000; // so that labels stay an aid and do not become the map

export function makeMarks(canvas) {
  const context = canvas.getContext('2d');
  const labelOf = makeLabels();
  const stampOf = makeStamps();

  /**
   * at: { width, height, dpr, place(p) -> [x, y], prototypes: [{label, n_shared, n_rows}],
   *       under(context, { width, height, ink, paper }): draws what stands under the marks,
   *       colourOf(p), or null for hollow marks, selected: prototype or null, ringOf() -> [x, y] or null, isLit: whether rows are, path: an outline or null }
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
    for (const one of shown) if (one.p !== at.selected) mark(sheet, one, at);
    const spot = at.ringOf();
    if (spot) ring(sheet, spot, 9);
    const chosen = shown.find(one => one.p === at.selected);
    if (chosen) mark(sheet, chosen, at);
    labels(sheet, shown, at);
    if (at.path) outline(sheet, at.path, themeColour('--color-accent', canvas));
  }

  return { draw };
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

/** Whether a prototype stands out: it is chosen, or nothing is. */
const isClear = (p, { selected, isLit }) => p === selected || (selected === null && !isLit);

function mark({ context, paper, ink, stampOf }, { p, n_shared, spot: [x, y] }, at) {
  const isChosen = p === at.selected;
  const own = at.colourOf ? at.colourOf(p) : ink;
  const isFull = n_shared && at.colourOf; // a full mark in ink would hide the points' colours
  const isFilled = isChosen || !at.isLit; // else it might cover what is lit
  const { image, side } = stampOf({
    radius: isChosen ? CHOSEN_RADIUS : radiusOf(at),
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

const radiusOf = ({ prototypes }) => (prototypes.length > MANY ? SMALL_RADIUS : RADIUS);

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

/** The labels that fit beside their marks and over none, of the largest first: which ones does not
 * change with what is chosen. The chosen one is labelled in any case. */
function labels(sheet, shown, at) {
  const room = Math.max(4, Math.round((at.width * at.height) / PX2_PER_LABEL));
  const radius = radiusOf(at) + 1;
  const marks = shown.map(({ p, spot: [x, y] }) => ({
    p,
    box: [x - radius, y - radius, x + radius, y + radius],
  }));
  const taken = [];
  const isFree = (box, own) =>
    box[0] >= 2 &&
    box[1] >= 2 &&
    box[2] <= at.width - 2 &&
    box[3] <= at.height - 2 &&
    !taken.some(other => overlaps(box, other)) &&
    !marks.some(other => other.p !== own && overlaps(box, other.box));
  const byRows = [...shown].sort((a, b) => b.n_rows - a.n_rows).slice(0, TRIED * room);
  let isChosenNamed = false;
  for (const one of byRows) {
    if (taken.length >= room) break;
    const label = labelled(sheet, one, at);
    const box = around(one.spot, label.width, radius).find(each => isFree(each, one.p));
    if (!box) continue;
    taken.push(box);
    isChosenNamed ||= one.p === at.selected;
    put(sheet, label, box, at, isClear(one.p, at));
  }
  const chosen = !isChosenNamed && shown.find(one => one.p === at.selected);
  if (!chosen) return;
  const label = labelled(sheet, chosen, at);
  put(sheet, label, around(chosen.spot, label.width, CHOSEN_RADIUS)[0], at, true);
}

const labelled = ({ paper, ink, labelOf }, one, { dpr }) =>
  labelOf(words(one.label), { paper, ink, dpr });

/** The first words that do not begin alike. */
function words(label) {
  const begins = new Set();
  const isNew = word => begins.size < begins.add(word.slice(0, ALIKE)).size;
  return label.split(' · ').filter(isNew).slice(0, MAP_WORDS).join(' · ');
}

/** Places for a label, the best first: above, below, at the right and at the left of a mark. */
function around([x, y], width, radius) {
  const [gap, half] = [radius + 1, LABEL_HEIGHT / 2];
  const corners = [
    [x - width / 2, y - gap - LABEL_HEIGHT],
    [x - width / 2, y + gap],
    [x + gap, y - half],
    [x - gap - width, y - half],
  ];
  return corners.map(([left, top]) => [left, top, left + width, top + LABEL_HEIGHT]);
}

function put({ context }, { image, width }, [left, top], { dpr }, isClear) {
  context.globalAlpha = isClear ? 1 : 0.45;
  const whole = value => Math.round(value * dpr) / dpr; // letters between pixels would blur
  context.drawImage(image, whole(left), whole(top), width, LABEL_HEIGHT);
  context.globalAlpha = 1;
}

const overlaps = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
