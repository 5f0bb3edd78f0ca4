// Fetches what the map shows of a space, its points and their colours; points are kept.

import { COLOURINGS, colouring } from './colouring.js';
import { address } from './page.js';
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
  async function load({ key, n_images }, space, { colours, isNew }) {
    const points = await fetchPoints(key, space);
    const fits = COLOURINGS.filter(one => !one.space || one.space === space);
    const own = isNew && fits.find(one => one.space);
    const { name } = own || fits.find(one => one.name === colours) || fits[0];
    return { space, points, coloured: await colouring(name, points, { key, space, nImages: n_images }) };
  }

  return { load, forget: () => loaded.clear() };
}
