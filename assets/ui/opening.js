// Loads what the map shows: a prepared dataset, another of its spaces, other colours.

import { describe } from './describe.js';
import { ask, listen, say } from './page.js';
import { middles } from './points.js';
import { ALIVE, watchPreparation } from './preparation.js';
import { fetchCaptions } from './rowset.js';
import { makeSpaces, SPACES } from './spaces.js';

/**
 * `state` is the map's; begun(first) is called with a dataset's captions, shown() when another space
 * is, opened(view) when a dataset is, with what of the view is still to be chosen.
 */
export function makeOpening(dom, state, { scene, trigger, begun, shown, opened }) {
  const spaces = makeSpaces();
  let config = null; // of the map that is shown or waited for: { data, bundle, n_prototypes }
  let key = null; // of the map that is shown or being loaded
  let asked = 0;
  let view = {}; // of the first map, where the address asks for one

  const preparation = watchPreparation(dom.notice, trigger, answer => {
    if (answer.key !== key) open(answer.key);
    else if (state.about?.key === key) follow(answer);
  });

  /** Waits for the map of a setting and shows it, as a view of link.js says. */
  function wait(wanted, wantedView = {}) {
    [config, view] = [wanted, wantedView];
    key = null;
    state.isReady = false;
    dom.frame.classList.add('is-old');
    preparation.watch(config);
  }

  async function open(wanted) {
    const own = ++asked;
    key = wanted;
    spaces.forget();
    try {
      const about = await ask(`/prepared/${key}`);
      const wished = SPACES.includes(view.space) ? view.space : state.space;
      const space = about.spaces[wished] ? wished : 'image';
      const first = await fetchCaptions(key);
      const loaded = await spaces.load(about, space, { colours: view.colours || dom.colourBy.value });
      if (own !== asked) return;
      Object.assign(state, { about, selected: null, awaited: space === wished ? null : wished });
      begun(first);
      show(loaded, view.camera);
      dom.frame.classList.remove('is-old');
      say('open', about);
      opened(view);
      view = {};
    } catch (error) {
      if (own === asked) preparation.fail(error.message);
    }
  }

  /** Called with every look at the preparation: further maps come after the first. */
  async function follow({ key: of, spaces, status }) {
    state.working = ALIVE.includes(status?.state) ? status.text : '';
    if (spaces.length !== Object.keys(state.about.spaces).length) {
      const about = await ask(`/prepared/${of}`).catch(() => null);
      if (about?.key !== key) return;
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
      await ask(`/prepared/${key}/spaces`, undefined, { method: 'POST' });
      preparation.watch(config);
    } catch (error) {
      Object.assign(state, { awaited: null, working: '' });
      tell();
      dom.note.textContent = error.message;
    }
  }

  function show(loaded, camera) {
    Object.assign(state, loaded, { middle: middles(loaded.points), point: -1, isReady: false });
    scene.show(camera);
    shown();
    tell();
    scene.recolour();
  }

  const tell = () => describe(dom, state, scene.backend);
  const goTo = space => state.isReady && (state.about.spaces[space] ? turnTo(space) : layOut(space));

  async function turnTo(space) {
    if (!state.isReady) return;
    const own = ++asked;
    const how = { colours: dom.colourBy.value, isNew: space !== state.space };
    const loaded = await spaces.load(state.about, space, how).catch(() => null);
    if (!loaded || own !== asked) return;
    state.awaited = null;
    show(loaded);
  }

  async function colourBy(name) {
    if (!state.isReady) return;
    const own = ++asked;
    const { coloured } = await spaces.load(state.about, state.space, { colours: name }).catch(() => ({}));
    if (own !== asked) return;
    if (coloured) state.coloured = coloured;
    else dom.colourBy.value = state.coloured.name; // as it was; the page says that it lost the program
    scene.recolour();
    dom.announced.textContent = `Coloured by ${state.coloured.title.toLowerCase()}`;
  }

  // Edits of prototypes lead to another map of the same data: seen from where the old one was.
  listen('edited', ({ key: edited, prototype }) => {
    view = { space: state.space, camera: scene.camera.view(), prototype };
    open(edited);
  });
  dom.canvas.addEventListener('webglcontextlost', () => {
    preparation.fail('The graphics context was lost. Reload the page.');
  });
  return { wait, goTo, colourBy, isShown: () => state.about?.key === key };
}
