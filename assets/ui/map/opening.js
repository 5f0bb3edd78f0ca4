// Loads what the map shows: a prepared dataset, another of its spaces, other colours.

import { describe } from './describe.js';
import { ask, listen, say } from '../common/page.js';
import { densest } from './points.js';
import { makeRegions } from './regions.js';
import { watchPreparation } from './preparation.js';
import { isGoing } from '../common/run.js';
import { fetchCaptions } from '../common/rowset.js';
import { makeSpaces, SPACES } from './spaces.js';

const OF_MAP = '#columns, #search, #inspector, #lists';
const LOST = 'The graphics context was lost. Reload the page.';

/**
 * `state` is the map's; begun(first) is called with a dataset's captions, shown() when another space
 * is, opened(view) when a dataset is, with what of the view is still to be chosen; goBack(config) is
 * to show what was shown before.
 */
export function makeOpening(dom, state, { scene, trigger, begun, shown, opened, goBack }) {
  const spaces = makeSpaces();
  const now = { key: null, asked: 0, config: null }; // of the map that is shown or waited for
  let view = {}; // of the first map, where the address asks for one
  const isShown = () => state.about?.key === now.key;
  const look = answer => (answer.key === now.key ? turning.follow(answer) : open(answer.key));
  const preparation = watchPreparation(dom.notice, trigger, look, goBack);
  const turning = makeTurning(dom, state, now, { scene, spaces, preparation, show, isShown });

  /** Waits for the map of a setting and shows it, as a view of link.js says. */
  function wait(config, wantedView = {}) {
    Object.assign(now, { config, key: null });
    view = wantedView;
    state.isReady = false;
    rest(dom, true);
    preparation.watch(config);
  }

  async function open(wanted) {
    const own = ++now.asked;
    now.key = wanted;
    spaces.forget();
    try {
      const { about, first, loaded, awaited } = await loadFirst(spaces, wanted, {
        space: SPACES.includes(view.space) ? view.space : state.space,
        colours: view.colours,
        before: state.about && { classes: state.about.classes, colours: dom.colourBy.value },
      });
      if (own !== now.asked) return;
      Object.assign(state, { about, selected: null, awaited });
      begun(first);
      show(loaded, view.camera);
      rest(dom, false);
      document.body.classList.toggle('is-labelled', about.classes.length > 0);
      say('open', about);
      opened(view);
      view = {};
    } catch (error) {
      if (own === now.asked) preparation.fail(error.message);
    }
  }

  function show(loaded, camera) {
    Object.assign(state, loaded, placed(loaded, state.about), { point: -1, isReady: false });
    dom.frame.classList.add('has-map');
    scene.show(camera);
    shown();
    describe(dom, state, scene.backend);
    say('coloured', state.coloured.name);
    scene.recolour();
  }

  // Edits of prototypes lead to another map of the same data: seen from where the old one was.
  listen('edited', ({ key: edited, prototype }) => {
    view = { space: state.space, camera: scene.camera.view(), prototype, point: state.point };
    open(edited);
  });
  dom.canvas.addEventListener('webglcontextlost', () => preparation.fail(LOST));
  return { wait, isShown, goTo: turning.goTo, colourBy: turning.colourBy };
}

/** Where the prototypes' marks stand, and the regions that these make; classes have names of their own. */
function placed({ points }, { prototypes, classes }) {
  const spots = densest(points);
  return { spots, regions: classes.length ? [] : makeRegions(spots, prototypes) };
}

/** The map, and all that acts on its prototypes, while another is prepared: to be seen, not used. */
function rest(dom, isResting) {
  dom.frame.classList.toggle('is-old', isResting);
  for (const part of document.querySelectorAll(OF_MAP)) part.inert = isResting;
}

/** A dataset with its captions and the points of a space; those of images where it is not there yet. */
async function loadFirst(spaces, key, { space: wished, colours: wanted, before }) {
  const about = await ask(`/prepared/${key}`);
  const colours = wanted || usualColours(about, before);
  const space = about.spaces[wished] ? wished : 'image';
  const first = await fetchCaptions(key);
  const loaded = await spaces.load(about, space, { colours });
  return { about, first, loaded, awaited: space === wished ? null : wished };
}

/** Those that were chosen, else the classes of labelled data: of data unlike those `before`, too, which had
 * others. */
export function usualColours({ classes }, before) {
  if (before && Boolean(before.classes.length) === Boolean(classes.length)) return before.colours;
  return classes.length ? 'class' : 'prototype';
}

/** Turns the map that is open to another of its spaces, or to other colours. */
function makeTurning(dom, state, now, { scene, spaces, preparation, show, isShown }) {
  const tell = () => describe(dom, state, scene.backend);

  /** Called with every look at the preparation: further maps come after the first. */
  async function follow({ key, spaces: ready, status }) {
    if (!isShown()) return; // it is still being loaded
    state.working = isGoing(status?.state) ? status.text : '';
    if (ready.length !== Object.keys(state.about.spaces).length) {
      const about = await ask(`/prepared/${key}`).catch(() => null);
      if (about?.key !== now.key) return;
      state.about = about;
    }
    tell();
    if (state.awaited && state.about.spaces[state.awaited]) turnTo(state.awaited);
    else if (!state.working) state.awaited = null;
  }

  async function layOut(space) {
    Object.assign(state, { awaited: space, working: 'Laying out this map' });
    tell();
    try {
      await ask(`/prepared/${now.key}/spaces`, undefined, { method: 'POST' });
      preparation.watch(now.config);
    } catch (error) {
      Object.assign(state, { awaited: null, working: '' });
      tell();
      dom.note.textContent = error.message;
    }
  }

  const goTo = space =>
    state.isReady && (state.about.spaces[space] ? turnTo(space) : layOut(space));

  async function turnTo(space) {
    if (!state.isReady) return;
    const own = ++now.asked;
    const how = { colours: dom.colourBy.value, isNew: space !== state.space };
    const loaded = await spaces.load(state.about, space, how).catch(() => null);
    if (!loaded || own !== now.asked) return;
    state.awaited = null;
    show(loaded);
  }

  async function colourBy(name) {
    if (!state.isReady) return;
    const own = ++now.asked;
    const how = { colours: name };
    const { coloured } = await spaces.load(state.about, state.space, how).catch(() => ({}));
    if (own !== now.asked) return;
    if (coloured) state.coloured = coloured;
    dom.colourBy.value = state.coloured.name; // as it was where the program is lost, which is said
    say('coloured', state.coloured.name);
    scene.recolour();
    dom.announced.textContent = `Coloured by ${state.coloured.title.toLowerCase()}`;
  }

  return { follow, goTo, colourBy };
}
