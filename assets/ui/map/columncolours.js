// Colours of the map by a column of the data: a point of an image has the mean of its captions, or what
// the first of them says.

import { palette, ramp } from '../common/colours.js';
import { fixed } from '../common/numbers.js';
import { fetchColumn, fetchColumns, NOTHING } from '../common/columns.js';
import { STEPS, classesOf, endsOf } from './scale.js';

const PREFIX = 'column:';
const COLOURED = 12; // words; the others are grey

/** The column that a colouring is named after, or undefined. */
export async function columnOf(name, key) {
  if (!name.startsWith(PREFIX)) return undefined;
  const { columns } = await fetchColumns(key);
  const fits = each => each.is_there && each.kind !== 'text' && PREFIX + each.name === name;
  return columns.find(fits);
}

/** Colours the points of a space by a column, as colouring.js does by what it knows. */
export async function columnColouring(about, { key, space, first }) {
  const column = await fetchColumn(key, about);
  const made = { name: PREFIX + about.name, title: about.title, meaning: about.meaning };
  const isScale = column.kind === 'number' || column.kind === 'date';
  if (!isScale)
    return { ...made, ...wordColours(atPoints(firstWords(column), column, space, first)) };
  const values = atPoints(Float64Array.from(column.values), column, space, first, true);
  const ends = endsOf(values);
  const text = column.kind === 'date' ? date : value => short(value, ends);
  return {
    ...made,
    kind: 'scale',
    text,
    ends,
    classes: classesOf(values, ends),
    n: STEPS,
    colours: dark => ramp(STEPS, dark),
  };

  function wordColours(codes) {
    const { classes, names } = commonest(codes, column.names);
    const n = names.length;
    return {
      kind: 'classes',
      names,
      classes,
      n,
      rest: 'Other or none ',
      colours: dark => palette(n, dark),
    };
  }
}

/** A code per cell; of a list its first. */
function firstWords({ values, starts, n }) {
  if (!starts) return values;
  return Uint16Array.from({ length: n }, (_, i) =>
    starts[i] < starts[i + 1] ? values[starts[i]] : NOTHING,
  );
}

/** What stands at each point of a space: the images, the captions, or both. */
function atPoints(cells, { per }, space, first, takesMean = false) {
  const nImages = first.length - 1;
  const nRows = first[nImages];
  const ofImages = () =>
    per === 'image'
      ? cells
      : cells.constructor.from({ length: nImages }, (_, i) =>
          takesMean ? mean(cells, first[i], first[i + 1]) : cells[first[i]],
        );
  const ofCaptions = () => {
    if (per === 'caption') return cells;
    const rows = new cells.constructor(nRows);
    for (let i = 0; i < nImages; i++) rows.fill(cells[i], first[i], first[i + 1]);
    return rows;
  };
  if (space === 'image') return ofImages();
  if (space === 'caption') return ofCaptions();
  const both = new cells.constructor(nImages + nRows);
  both.set(ofImages());
  both.set(ofCaptions(), nImages);
  return both;
}

function mean(values, from, to) {
  let [sum, n] = [0, 0];
  for (let row = from; row < to; row++)
    if (!Number.isNaN(values[row])) [sum, n] = [sum + values[row], n + 1];
  return n ? sum / n : NaN;
}

/** Classes of the commonest words; the others, and nothing, are grey. */
export function commonest(codes, names) {
  const counts = new Uint32Array(names.length);
  for (const code of codes) if (code !== NOTHING) counts[code]++;
  const order = [...counts.keys()].filter(code => counts[code]);
  order.sort((a, b) => counts[b] - counts[a] || a - b);
  const classOf = new Int16Array(NOTHING + 1).fill(-1);
  order.slice(0, COLOURED).forEach((code, at) => (classOf[code] = at));
  return {
    classes: Int16Array.from(codes, code => classOf[code]),
    names: order.slice(0, COLOURED).map(code => names[code]),
  };
}

const date = seconds => new Date(seconds * 1000).toISOString().slice(0, 10);
const short = (value, [low, high]) => fixed(value, high - low >= 20 ? 0 : high - low >= 2 ? 1 : 2);
