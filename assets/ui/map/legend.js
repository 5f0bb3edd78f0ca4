// What the colours mean, and how many points have each: of all, and of those that are lit.

import { countClasses } from './colouring.js';
import { css } from '../common/colours.js';
import { count } from '../common/numbers.js';
import { isDark, make } from '../common/page.js';

const BARS = 16;
const NAMED = 12; // classes
const UNITS = { image: 'images', caption: 'captions', both: 'points' };

/** Fills `element`; `bytes` are the colours as drawn, of points of a space; isLit(i) is null while
 * nothing is lit; pick says which classes alone are shown: { has(c), choose(c, adds) }, -1 for the
 * grey one. */
export function showLegend(element, coloured, { bytes, grey, space, isLit, pick }) {
  const all = (coloured.counts ??= countClasses(coloured));
  const lit = isLit && countClasses(coloured, isLit);
  const draw = { each: prototypes, classes, sides, scale, density }[coloured.kind];
  const focused = element.contains(document.activeElement) && document.activeElement.dataset.of;
  element.replaceChildren(
    ...draw(coloured, bytes, { all, lit, pick, unit: UNITS[space] }),
    ...ungrouped(coloured, grey, { all, lit, pick }),
  );
  if (focused) element.querySelector(`[data-of="${focused}"]`)?.focus();
  element.title = coloured.meaning || '';
}

function prototypes({ n }, bytes, { all, lit, unit }) {
  const few = Array.from({ length: Math.min(n, 8) }, (_, p) => p);
  const owned = counts => sum(counts) - counts[0];
  return [
    make(
      'span',
      { class: 'legend-dots', 'aria-hidden': 'true' },
      few.map(p => dot(css(bytes, p))),
    ),
    make(
      'span',
      {},
      'One colour per prototype, ',
      tally(owned(all), lit && owned(lit)),
      ` ${unit}`,
    ),
  ];
}

/** The first classes by name, with how many points each has. */
function classes({ names }, bytes, counts) {
  const shown = names.slice(0, NAMED).map((name, c) => entry(c, css(bytes, c), `${name} `, counts));
  const left = names.length - shown.length;
  const more = left ? [make('span', {}, `and ${count(left)} more`)] : [];
  return [counted(counts), ...shown, ...more];
}

const sides = ({ sides: names }, bytes, counts) => [
  counted(counts),
  ...[1, 0].map(side => entry(side, css(bytes, side), `${names[side]} `, counts)),
];

const counted = ({ unit }) => make('span', {}, `${unit[0].toUpperCase()}${unit.slice(1)}:`);

/** A button that shows the points of one class alone. */
const entry = (c, colour, name, { all, lit, pick }) =>
  make(
    'button',
    {
      type: 'button',
      class: 'legend-entry',
      title: 'Shows these points alone; with Shift, besides others',
      'aria-pressed': String(pick.has(c)),
      'data-of': String(c),
      onclick: ({ shiftKey }) => pick.choose(c, shiftKey),
    },
    dot(colour),
    name,
    tally(all[c + 1], lit?.[c + 1]),
  );

/** A gradient under small bars that count; what is lit stands darker in them. */
function scale({ n, ends, text, title }, bytes, { all, lit, unit }) {
  const heights = grouped(all, n);
  const most = Math.max(1, ...heights);
  const of = lit ? grouped(lit, n) : heights;
  const bars = heights.map((height, b) =>
    make(
      'span',
      { class: 'legend-bar', style: { height: `${percent(height, most)}%` } },
      make('span', { style: { height: `${percent(of[b], height)}%` } }),
    ),
  );
  const label =
    `${title}: from ${text(ends[0])} to ${text(ends[1])}, ` +
    `${count(sum(all) - all[0])} ${unit}` +
    (lit ? `, ${count(sum(lit) - lit[0])} of them selected` : '');
  return [
    make('span', { class: 'figure' }, text(ends[0])),
    make(
      'span',
      { class: 'legend-scale', role: 'img', 'aria-label': label },
      make('span', { class: 'legend-bars' }, bars),
      gradient(bytes),
    ),
    make('span', { class: 'figure' }, text(ends[1])),
    make('span', {}, tally(sum(all) - all[0], lit && sum(lit) - lit[0]), ` ${unit}`),
  ];
}

function density({ scale: colours }, bytes, { all, lit, unit }) {
  return [
    make('span', {}, 'Few'),
    make('span', { class: 'legend-scale', 'aria-hidden': 'true' }, gradient(colours(isDark()))),
    make('span', {}, 'many at a place; ', tally(sum(all), lit && sum(lit)), ` ${unit}`),
  ];
}

function gradient(bytes) {
  const last = bytes.length / 4 - 1;
  const colours = Array.from({ length: 9 }, (_, at) => css(bytes, Math.round((at * last) / 8)));
  return make('span', {
    class: 'legend-ramp',
    style: { background: `linear-gradient(to right, ${colours.join()})` },
  });
}

function ungrouped({ kind, rest }, grey, counts) {
  if (!counts.all[0]) return [];
  const name = kind === 'each' ? 'In no prototype ' : (rest ?? 'No value ');
  return [entry(-1, css(grey, 0), name, counts)];
}

function grouped(counts, n) {
  const sums = new Array(BARS).fill(0);
  for (let c = 0; c < n; c++) sums[Math.floor((c * BARS) / n)] += counts[c + 1];
  return sums;
}

const dot = colour =>
  make('span', { class: 'dot', style: { backgroundColor: colour }, 'aria-hidden': 'true' });
const tally = (all, lit) =>
  make(
    'span',
    { class: 'figure' },
    lit === null || lit === undefined ? count(all) : `${count(lit)} of ${count(all)}`,
  );
const sum = counts => counts.reduce((total, each) => total + each, 0);
const percent = (part, whole) => (whole ? Math.round((100 * part) / whole) : 0);
