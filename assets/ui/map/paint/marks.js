// Draws over the points: one mark per prototype, the labels that fit, and rings around what is
// chosen. A hollow square marks a pairless prototype, whose two clusters share no row.

import { LABEL_HEIGHT, makeLabels } from './labels.js';
import { themeColour } from '../../common/page.js';

const MAP_WORDS = 2; // the inspector shows all
const PX2_PER_LABEL = 21000; // so that labels stay an aid and do not become the map

export function makeMarks(canvas) {
  const context = canvas.getContext('2d');
  const labelOf = makeLabels();

  /**
   * at: { width, height, dpr, place(p) -> [x, y], prototypes: [{label, n_shared, n_rows}],
   *       colourOf(p), or null for hollow marks, selected: prototype or null, ring: [x, y] or null, isLit: whether rows are, path: an outline or null }
   */
  function draw(at) {
    context.setTransform(at.dpr, 0, 0, at.dpr, 0, 0);
    context.clearRect(0, 0, at.width, at.height);
    const paper = themeColour('--background-fill-primary', canvas);
    const ink = themeColour('--body-text-color', canvas);
    const isSeen = ([x, y]) => x > -9 && y > -9 && x < at.width + 9 && y < at.height + 9;
    const shown = at.prototypes
      .map((prototype, p) => ({ ...prototype, p, spot: at.place(p) }))
      .filter(({ spot }) => isSeen(spot));
    const sheet = { context, paper, ink, labelOf };
    for (const one of shown) if (one.p !== at.selected) mark(sheet, one, at);
    if (at.ring) ring(sheet, at.ring, 9);
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

function mark({ context, paper, ink }, { p, n_shared, spot: [x, y] }, at) {
  const isChosen = p === at.selected;
  context.globalAlpha = isClear(p, at) ? 1 : 0.35;
  const radius = isChosen ? 7 : 4;
  context.beginPath();
  if (n_shared) context.arc(x, y, radius, 0, 2 * Math.PI);
  else context.rect(x - radius, y - radius, 2 * radius, 2 * radius);
  const own = at.colourOf ? at.colourOf(p) : ink;
  const isFull = n_shared && at.colourOf; // a full mark in ink would hide the points' colours
  context.fillStyle = isFull ? own : paper;
  if (isChosen || !at.isLit) context.fill(); // else it might cover what is lit
  context.lineWidth = isChosen ? 2.5 : 1.5;
  context.strokeStyle = isChosen ? ink : isFull ? paper : own;
  context.stroke();
  context.globalAlpha = 1;
}

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

/** The labels that fit: of the chosen one first, then of those with most rows. */
function labels({ context, paper, ink, labelOf }, shown, at) {
  const room = Math.max(4, Math.round((at.width * at.height) / PX2_PER_LABEL));
  const taken = [];
  const byWeight = one => (one.p === at.selected ? Infinity : one.n_rows);
  for (const one of [...shown].sort((a, b) => byWeight(b) - byWeight(a))) {
    if (taken.length >= room) break;
    const text = one.label.split(' · ').slice(0, MAP_WORDS).join(' · ');
    const { image, width } = labelOf(text, { paper, ink, dpr: at.dpr });
    const left = Math.min(Math.max(2, one.spot[0] - width / 2), at.width - width - 2);
    const above = one.spot[1] - 9 - LABEL_HEIGHT;
    const top = above < 2 ? one.spot[1] + 9 : above;
    const box = [left, top, left + width, top + LABEL_HEIGHT];
    if (box[3] > at.height || taken.some(other => overlaps(box, other))) continue;
    taken.push(box);
    context.globalAlpha = isClear(one.p, at) ? 1 : 0.45;
    const whole = value => Math.round(value * at.dpr) / at.dpr; // letters between pixels would blur
    context.drawImage(image, whole(left), whole(top), width, LABEL_HEIGHT);
    context.globalAlpha = 1;
  }
}

const overlaps = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
