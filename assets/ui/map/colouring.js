// What the colours of the points say: values of the server become classes, one colour each.

import { contrast, palette, prototypeColours, ramp, shades } from '../common/colours.js';
import { fixed } from '../common/numbers.js';
import { address } from '../common/page.js';
import { STEPS, classesOf, endsOf } from './scale.js';

const whole = value => String(Math.round(value));

/** Everything that points can be coloured by; kind: one colour per prototype or per class, two sides,
 * a scale, none; space and isLabelled: where alone it makes sense. */
export const COLOURINGS = [
  { name: 'prototype', title: 'Prototype', kind: 'each' },
  {
    name: 'class',
    title: 'Class',
    kind: 'classes',
    isLabelled: true,
    meaning: 'The class that an image is labelled with.',
  },
  {
    name: 'similarity',
    title: 'Pair similarity',
    kind: 'scale',
    text: value => fixed(value),
    meaning: 'Cosine of a caption and its image; of an image, the mean over its captions.',
  },
  {
    name: 'kept',
    title: 'Kept or dropped',
    kind: 'sides',
    sides: ['Dropped', 'Kept'],
    meaning:
      'The least similar pairs are dropped before clustering. An image is kept with any of its captions.',
  },
  {
    name: 'size',
    title: 'Size of prototype',
    kind: 'scale',
    text: whole,
    meaning: 'Rows in the cluster that became the prototype of a point.',
  },
  {
    name: 'words',
    title: 'Caption length',
    kind: 'scale',
    isLabelled: false,
    text: whole,
    meaning: 'Words of a caption; of an image, the mean over its captions.',
  },
  {
    name: 'modality',
    title: 'Image or caption',
    kind: 'sides',
    sides: ['Captions', 'Images'],
    space: 'both',
    meaning: 'CLIP puts images and captions into regions of their own.',
  },
  {
    name: 'density',
    title: 'Density of points',
    kind: 'density',
    meaning:
      'How many points lie at a place, on a log scale: where many points cover each other, it shows what is below.',
  },
];

/** Whether points of a space can be coloured so, of data with these classes or with captions. */
export const fits = (one, space, classes) =>
  (!one.space || one.space === space) &&
  (one.isLabelled === undefined || one.isLabelled === classes.length > 0);

/**
 * Colours the points of a space.
 * Returns { ...of COLOURINGS, classes: one per point, -1 for grey, n: how many classes, ends: values
 * at the ends of a scale, colours(dark) -> 4 n bytes, scale(dark) -> colours of density }.
 */
export async function colouring(name, points, { key, space, nImages, prototypes, names = [] }) {
  const made = COLOURINGS.find(one => one.name === name);
  if (made.kind === 'each')
    return {
      ...made,
      classes: points.prototype,
      n: points.k,
      colours: dark => prototypeColours(prototypes, dark),
    };
  if (made.kind === 'density')
    return {
      ...made,
      classes: new Int8Array(points.n),
      n: 1,
      colours: standOut,
      scale: dark => shades(STEPS, dark),
    };
  const values =
    name === 'modality' ? modalities(points.n, nImages) : await fetchValues(key, space, name);
  if (made.kind === 'classes')
    return {
      ...made,
      names,
      classes: Int16Array.from(values),
      n: names.length,
      colours: dark => palette(names.length, dark),
    };
  if (made.kind === 'sides')
    return {
      ...made,
      classes: Int16Array.from(values),
      n: 2,
      colours: dark => swapped(contrast(dark)),
    };
  const ends = endsOf(values);
  const classes = classesOf(values, ends);
  return { ...made, classes, ends, n: STEPS, colours: dark => ramp(STEPS, dark) };
}

const modalities = (n, nImages) => new Float32Array(n).fill(1, 0, nImages);

async function fetchValues(key, space, name) {
  const answer = await fetch(address(`/prepared/${key}/values/${space}/${name}.bin`));
  if (!answer.ok) throw new Error(`The colours could not be loaded (${answer.status}).`);
  return new Float32Array(await answer.arrayBuffer());
}

/** The colour of what is chosen, over the density of all. */
const standOut = dark => contrast(dark).subarray(4);

/** The first colour for 1, the second for 0. */
const swapped = ([r, g, b, a, ...second]) => Uint8Array.from([...second, r, g, b, a]);

/** How many points each class holds, the grey ones first; of those that `isLit` says, or of all. */
export function countClasses({ classes, n }, isLit = () => true) {
  const counts = new Uint32Array(n + 1);
  for (let i = 0; i < classes.length; i++) if (isLit(i)) counts[classes[i] + 1]++;
  return counts;
}
