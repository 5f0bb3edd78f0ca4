// The neighbours of the item that was clicked last: the images and the captions that CLIP puts
// nearest to it. Choosing one goes there, and its neighbours stand here: one walks through the data.

import { foundLine } from './found.js';
import { address, ask, listen, make, say } from '../common/page.js';
import { setOf } from '../common/rowset.js';

const KINDS = [
  ['images', 'Images'],
  ['captions', 'Captions'],
];

export function mount(element) {
  const view = element.querySelector('.neighbours-view');
  const state = { about: null, at: null, answer: null, kind: 'images', isOpen: false, trail: [] };
  const shown = makeNeighbours(view, state);

  listen('open', about => ((state.about = about), (state.at = null), shown.close(false)));
  listen('select', ({ key, space, point, prototype }) => {
    if (point < 0 && prototype === null) return shown.close(false); // cleared
    if (point < 0) return;
    state.at = { key, space, point };
    if (state.isOpen) shown.load();
  });
  listen('rows', ({ from, set }) => from !== 'neighbours' && !set && shown.close(false));
  listen('neighbours', () => {
    if (!state.at) return;
    state.isOpen = true;
    shown.load();
    say('offer', { name: 'neighbours', n: 0 });
  });
}

/** Shows the neighbours of what `state` is at, in `view`. */
function makeNeighbours(view, state) {
  let asking = null;
  const dom = build({ goBack, turnTo, close: () => close(true) });
  view.append(dom.section);

  async function load() {
    asking?.abort();
    asking = new AbortController();
    const { key, space, point } = state.at;
    dom.back.disabled = !state.trail.length;
    try {
      state.answer = await ask(
        `/prepared/${key}/points/${space}/${point}/neighbours`,
        asking.signal,
      );
      show();
    } catch (error) {
      if (error.name === 'AbortError') return;
      dom.list.replaceChildren();
      dom.said.textContent = error.message;
    }
  }

  function show() {
    const { item, [state.kind]: found } = state.answer;
    const { key } = state.at;
    tell(dom, key, item, state.kind);
    dom.list.replaceChildren(
      ...found.results.map(one => foundLine(key, one, () => state.trail.push(item))),
    );
    dom.list.scrollTop = 0;
    say('rows', { key, set: setOf(found.rows, state.about.n_captions), from: 'neighbours' });
  }

  function turnTo(kind) {
    state.kind = kind;
    if (state.answer) show();
  }

  function goBack() {
    const { row, image: own, is_image: isImage } = state.trail.pop();
    say('choose-row', { row, image: isImage ? own : null });
  }

  function close(isTold) {
    asking?.abort();
    const wasOpen = state.isOpen;
    Object.assign(state, { isOpen: false, answer: null, trail: [] });
    if (wasOpen) say('offer', { name: 'neighbours', n: null });
    if (isTold && wasOpen) say('rows', { key: state.about.key, set: null, from: 'neighbours' });
  }

  return { load, close, section: dom.section };
}

/** What the neighbours are of, and which are shown. */
function tell(dom, key, item, kind) {
  dom.image.src = address(`/prepared/${key}/images/${item.image}.webp`);
  dom.caption.textContent = `${item.is_image ? 'Image' : 'Caption'}: ${item.caption}`;
  KINDS.forEach(([each], at) => dom.kinds[at].setAttribute('aria-pressed', String(each === kind)));
  dom.said.textContent = 'By the cosine of CLIP embeddings; choose one to go there.';
}

function build({ goBack, turnTo, close }) {
  const tool = (text, does, label) =>
    make('button', { type: 'button', class: 'tool', onclick: does, 'aria-label': label }, text);
  const dom = {
    back: tool('Back', goBack, 'Back to the item before'),
    kinds: KINDS.map(([kind, title]) =>
      make('button', { type: 'button', class: 'segment', onclick: () => turnTo(kind) }, title),
    ),
    image: make('img', { alt: '', width: 44, height: 44 }),
    caption: make('p'),
    said: make('p', { class: 'hint', role: 'status' }),
    list: make('ol', { class: 'found', 'aria-label': 'Neighbours, the nearest first' }),
  };
  const shut = tool('Close', close, 'Close the neighbours');
  const which = { class: 'segments', role: 'group', 'aria-label': 'Which neighbours' };
  dom.section = make(
    'section',
    { 'aria-label': 'Neighbours' },
    make(
      'header',
      {},
      dom.image,
      make('div', { class: 'neighbours-of' }, dom.caption, dom.said),
      make('div', which, dom.kinds),
      make('div', { class: 'tools' }, dom.back, shut),
    ),
    dom.list,
  );
  return dom;
}
