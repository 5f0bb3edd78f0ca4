// Fetches what the map shows of a space, its points and their colours; points are kept.

import { COLOURINGS, colouring, fits } from './colouring.js';
import { columnColouring, columnOf } from './columncolours.js';
import { address } from '../common/page.js';
import { fetchCaptions } from '../common/rowset.js';
import { unpack } from './points.js';

export const SPACES = ['image', 'caption', 'both'];

export function makeSpaces() {
  const loaded = new Map(); // "key/space" -> points

  async function fetchPoints(key, space) {
    const name = `${key}/${space}`;
    if (loaded.has(name)) return loaded.get(name);
    const answer = await fetch(address(`/prepared/${key}/points/${space}.bin`));
    if (!answer.ok) throw new Error(`The map could not be loaded (${answer.status}).`);
    loaded.set(name, unpack(await answer.arrayBuffer()));
    return loaded.get(name);
  }

  /** { space, points, coloured }: coloured as named, or as the space is if it was entered anew. */
  async function load({ key, n_images, classes, prototypes }, space, { colours, isNew }) {
    const points = await fetchPoints(key, space);
    const fitting = COLOURINGS.filter(one => fits(one, space, classes));
    const own = isNew && fitting.find(one => one.space);
    const column = own ? undefined : await columnOf(colours, key);
    if (column) {
      const coloured = await columnColouring(column, {
        key,
        space,
        first: await fetchCaptions(key),
      });
      return { space, points, coloured };
    }
    const { name } = own || fitting.find(one => one.name === colours) || fitting[0];
    return {
      space,
      points,
      coloured: await colouring(name, points, {
        key,
        space,
        nImages: n_images,
        prototypes,
        names: classes,
      }),
    };
  }

  return { load, forget: () => loaded.clear() };
}
