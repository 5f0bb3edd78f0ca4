// The map: joins what loads, draws and chooses, and says to the server what was selected.
// props.value = { data, bundle, n_prototypes, selected }: the server says what to show, and reads
// `selected` (a prototype, or null) from it. For tests: window.explorerMap.

import { css } from '../common/colours.js';
import { copyBy } from '../common/copying.js';
import { onKey } from '../common/keys.js';
import { lastSaid, listen } from '../common/page.js';
import { toast } from '../common/toast.js';
import { watchGestures } from './gestures.js';
import { makeLink, readView } from './link.js';
import { buildMap, offerColumns } from './elements.js';
import { makeOpening } from './opening.js';
import { makePicking } from './picking.js';
import { makeScene } from './scene.js';

export function mount(element, props, trigger, watch) {
  const dom = buildMap(element.querySelector('.map-view'));
  const state = begin(readView());
  const scene = makeScene(dom, state, () => {
    state.isReady = opening.isShown();
    if (state.isReady) link.changed();
  });
  const config = () => {
    const { data, bundle, n_prototypes } = props.value || {};
    return { data, bundle, n_prototypes };
  };
  const link = makeLink(() => ({ ...config(), ...viewOf(state, scene) }));
  const tellServer = selected => (props.value = { ...props.value, selected });
  const picking = makePicking(dom, state, scene, tellServer);
  const opening = makeOpening(dom, state, {
    scene,
    trigger,
    begun: picking.open,
    shown: () => (picking.light(), picking.leave()),
    opened: picking.restore,
    goBack(before) {
      props.value = { ...before, selected: null };
      sync();
    },
  });
  connect(dom, state, { scene, picking, opening });
  listen('turn-to', opening.goTo);
  dom.copy.onclick = () => {
    if (state.isReady) link.write();
    copyAddress(dom);
  };
  window.explorerMap = makeHook(dom, state, scene, picking);

  let shown = '';
  const sync = () => {
    const wanted = config();
    const name = JSON.stringify(wanted);
    if (!wanted.data || name === shown) return;
    if (shown) link.begin(wanted);
    opening.wait(wanted, shown ? {} : readView());
    shown = name;
  };
  watch('value', sync);
  sync();
}

/** What is shown, before anything is. */
const begin = ({ images }) => ({
  about: null,
  space: 'image',
  images: images !== 'off', // whether points turn into images where the map is close
  points: null,
  spots: null,
  regions: [], // by level, as of regions.js
  coloured: null,
  isReady: false, // whether it is drawn
  selected: null,
  point: -1,
  lit: null, // a prototype, the point that was clicked, points of chosen rows
  tool: 'move',
  path: null, // what dragging does, an outline
  isolating: null, // classes of the legend that are shown alone
  awaited: null,
  working: '', // a space that was asked for, and what the program is doing for it
});

/** What an address says of the view. */
const viewOf = (state, scene) => ({
  space: state.space,
  colours: state.coloured.name,
  images: state.images ? null : 'off',
  camera: scene.camera.view(),
  number: state.selected === null ? null : state.about.prototypes[state.selected].number,
  point: state.point >= 0 ? state.point : null,
});

/** Gestures and buttons. */
function connect(dom, state, { scene, picking, opening }) {
  const { camera, move, redraw } = scene;
  const zoom = (...how) => (camera.zoom(...how), picking.leave(), move());
  const zoomHere = factor => zoom(factor, dom.frame.clientWidth / 2, dom.frame.clientHeight / 2);
  watchGestures(dom.frame, {
    pan: (dx, dy) => (camera.pan(dx, dy), move()),
    zoom,
    reset: scene.reset,
    tool: () => state.tool,
    outline: path => ((state.path = path), redraw()),
    click: picking.click,
    over: picking.over,
    leave: picking.leave,
    enclose: picking.enclose,
    clear: picking.clear,
  });
  dom.closer.onclick = () => zoomHere(1.4);
  dom.further.onclick = () => zoomHere(1 / 1.4);
  dom.reset.onclick = scene.reset;
  dom.clear.onclick = picking.clear;
  connectImages(dom, state, redraw);
  for (const button of dom.tools) button.onclick = () => pickTool(dom, state, button.dataset.tool);
  for (const button of dom.spaces) button.onclick = () => opening.goTo(button.dataset.space);
  dom.colourBy.onchange = () => opening.colourBy(dom.colourBy.value);
  listen('colour-by', name => opening.colourBy(name));
  listen('columns', ({ columns }) => offerColumns(dom, columns, state.coloured?.name));
}

/** A button and a key that have close points turn into images, or not. */
function connectImages(dom, state, redraw) {
  const show = () => dom.images.setAttribute('aria-pressed', state.images);
  const turn = () => {
    state.images = !state.images;
    show();
    dom.announced.textContent = state.images ? 'Close points are images' : 'All points are dots';
    redraw();
  };
  dom.images.onclick = turn;
  onKey('i', dom.frame, turn);
  show();
}

function pickTool(dom, state, name) {
  state.tool = name;
  for (const button of dom.tools) button.setAttribute('aria-pressed', button.dataset.tool === name);
  dom.frame.classList.toggle('is-drawing', name !== 'move');
}

async function copyAddress({ copy, note, announced }) {
  const unlinked = lastSaid('unlinked'); // what the address has no room for
  if (unlinked) return toast(unlinked);
  try {
    await copyBy(copy, location.href);
    announced.textContent = 'The link is copied.';
  } catch {
    note.textContent =
      'The browser does not allow copying here; the address bar holds the same link.';
  }
}

/** What tests see: where points are, and what is chosen. */
const makeHook = (dom, state, scene, picking) => ({
  backend: scene.backend,
  get ready() {
    return state.isReady;
  },
  get n() {
    return state.isReady ? state.points.n : 0;
  },
  get rows() {
    return picking.nRows;
  },
  get selected() {
    return state.selected;
  },
  px(i) {
    const [x, y] = scene.placeOf(i);
    const box = dom.frame.getBoundingClientRect();
    return [x + box.left + window.scrollX, y + box.top + window.scrollY];
  },
  colourOf: i => css(state.colours, state.coloured.classes[i]),
  prototypeOf: i => state.points.prototype[i],
  get images() {
    return scene.images.drawn;
  },
  get nTestItems() {
    return scene.overlay.n;
  },
  get imageSide() {
    return scene.images.side;
  },
  get labels() {
    return scene.labels();
  },
});
