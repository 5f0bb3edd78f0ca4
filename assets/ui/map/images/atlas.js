// The small images of a map: asked for when they are wanted, made by the server if need be, and
// loaded page by page, of which few stay in memory.

import { address, ask } from '../../common/page.js';

const MOST_PAGES = 8; // of 16 MB each, once unpacked
const LOOK_MS = 700; // between two looks how far they are

/** changed() is called when there is more to draw or to tell. */
export function makeAtlas(changed) {
  let now = { path: '', about: null, places: null, text: '', isAsked: false };
  const pages = makePages(changed);

  /** Another map: nothing of the one before is kept. */
  function open(key) {
    now = { path: `/prepared/${key}/atlas`, about: null, places: null, text: '', isAsked: false };
    pages.open(now.path);
  }

  /** Has the images made or loaded, if they are not; call it as often as they are wanted. */
  async function want() {
    const own = now;
    if (own.isAsked) return;
    own.isAsked = true;
    const tell = text => {
      own.text = text;
      if (own === now) changed();
    };
    try {
      own.about = await whenMade(own.path, () => own === now, tell);
      if (own.about) own.places = await placesOf(own.path);
      tell('');
    } catch (error) {
      tell(`The small images cannot be shown: ${error.message}`);
    }
  }

  /** Tiles of images: a function from an image to { page, left, top, side } or null, where its page
   * is not there, or not there yet; `wanted` is how many pixels wide they are drawn. */
  function tilesOf(images, wanted) {
    const { about, places } = now;
    const level = levelFor(about, images, wanted, places);
    return image => tileOf(pages, level, places[image]);
  }

  return {
    open,
    want,
    tilesOf,
    get isThere() {
      return Boolean(now.places);
    },
    get text() {
      return now.text;
    },
  };
}

/** What there is, once it is made; null where it is not wanted any more. */
async function whenMade(path, isWanted, tell) {
  for (let look = 0; isWanted(); look++) {
    const about = await ask(path);
    if (Object.keys(about.levels).length) return about;
    if (about.making?.problem && look) throw new Error(about.making.problem);
    if (!about.making || about.making.problem) await ask(path, undefined, { method: 'POST' });
    tell(about.making?.text || 'Making the small images of this map');
    await new Promise(done => setTimeout(done, LOOK_MS));
  }
  return null;
}

async function placesOf(path) {
  const answer = await fetch(address(`${path}/places.bin`));
  if (!answer.ok) throw new Error(`the program answered ${answer.status}.`);
  return new Uint32Array(await answer.arrayBuffer());
}

/** The level to draw: the first that is as fine as wanted, or else a coarser one that fits into
 * memory. Of the coarsest, only the pages that most of the images stand on. */
function levelFor({ side, levels }, images, wanted, places) {
  const tiles = Object.keys(levels)
    .map(Number)
    .sort((a, b) => b - a);
  const fine = tiles.filter((tile, at) => at === tiles.length - 1 || tiles[at + 1] < wanted);
  for (const tile of fine) {
    const counts = new Map();
    const perRow = Math.floor(side / tile);
    for (const image of images) {
      const number = Math.floor(places[image] / perRow ** 2);
      counts.set(number, (counts.get(number) || 0) + 1);
    }
    if (counts.size > MOST_PAGES && tile !== tiles.at(-1)) continue;
    const often = [...counts].sort((a, b) => b[1] - a[1]).slice(0, MOST_PAGES);
    const coarser =
      tile === tiles.at(-1)
        ? null
        : { tile: tiles.at(-1), perRow: Math.floor(side / tiles.at(-1)) };
    return { tile, perRow, shown: new Set(often.map(([number]) => number)), coarser };
  }
}

/** The tile at a place, of a coarser level while its own page is loaded; null where there is none. */
function tileOf(pages, { tile, perRow, shown, coarser }, place) {
  const [number, at] = [Math.floor(place / perRow ** 2), place % perRow ** 2];
  const page = shown ? shown.has(number) && pages.get(tile, number) : pages.peek(tile, number);
  if (!page) return coarser ? tileOf(pages, coarser, place) : null;
  return { page, left: (at % perRow) * tile, top: Math.floor(at / perRow) * tile, side: tile };
}

/** Unpacked pages; the one that was drawn longest ago goes first. */
function makePages(changed) {
  let base = '';
  let loaded = new Map(); // address -> bitmap, or null while it is loaded

  function get(tile, number) {
    const path = `${base}/${tile}/${number}.webp`;
    const page = loaded.get(path);
    if (page === undefined) return load(path);
    loaded.delete(path);
    loaded.set(path, page);
    return page;
  }

  function load(path) {
    const own = loaded;
    own.set(path, null);
    const tooMany = [...own].slice(0, Math.max(0, own.size - MOST_PAGES));
    for (const [each, page] of tooMany) {
      page?.close();
      own.delete(each);
    }
    unpacked(path).then(
      page => {
        if (!own.has(path) || own !== loaded) return page.close();
        own.set(path, page);
        changed();
      },
      () => own.delete(path), // the page says that it lost the program; the next frame asks again
    );
    return null;
  }

  return {
    get,
    /** A page as far as it is in memory. */
    peek: (tile, number) => loaded.get(`${base}/${tile}/${number}.webp`),
    open(path) {
      for (const page of loaded.values()) page?.close();
      loaded = new Map();
      base = address(path);
    },
  };
}

async function unpacked(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(String(answer.status));
  return createImageBitmap(await answer.blob());
}
