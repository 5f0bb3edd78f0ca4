// The neighbours of the item that was clicked last: the pictures and the captions that CLIP puts
// nearest to it. Choosing one goes there, and its neighbours stand here: one walks through the data.

import { foundLine } from './found.js';
import { address, ask, listen, make, say } from './page.js';
import { setOf } from './rowset.js';

const KINDS = [['pictures', 'Pictures'], ['captions', 'Captions']];

export function mount(element) {
  const view = element.querySelector('.neighbours-view');
  const state = { about: null, at: null, answer: null, kind: 'pictures', isOpen: false, trail: [] };
  let asking = null;
  const tool = (text, does, label) => make('button', { type: 'button', class: 'tool', onclick: does, 'aria-label': label }, text);
  const back = tool('Back', goBack, 'Back to the item before');
  const kinds = KINDS.map(([kind, title]) =>
    make('button', { type: 'button', class: 'segment', onclick: () => turnTo(kind) }, title));
  const picture = make('img', { alt: '', width: 44, height: 44 });
  const caption = make('p');
  const said = make('p', { class: 'hint', role: 'status' });
  const list = make('ol', { class: 'found', 'aria-label': 'Neighbours, the nearest first' });
  const section = make('section', { 'aria-label': 'Neighbours', hidden: true },
    make('header', {}, make('h2', {}, 'Neighbours'),
      make('div', { class: 'tools' }, back, tool('Close', () => close(true), 'Close the neighbours'))),
    make('div', { class: 'neighbours-of' }, picture, caption),
    make('div', { class: 'segments', role: 'group', 'aria-label': 'Which neighbours' }, kinds),
    list, said);
  view.append(section);

  async function load() {
    asking?.abort();
    asking = new AbortController();
    const { key, space, point } = state.at;
    section.hidden = false;
    back.disabled = !state.trail.length;
    try {
      state.answer = await ask(`/prepared/${key}/points/${space}/${point}/neighbours`, asking.signal);
      show();
    } catch (error) {
      if (error.name === 'AbortError') return;
      list.replaceChildren();
      said.textContent = error.message;
    }
  }

  function show() {
    const { item, [state.kind]: found } = state.answer;
    const { key } = state.at;
    picture.src = address(`/prepared/${key}/pictures/${item.picture}.webp`);
    caption.textContent = item.is_picture ? `Picture: ${item.caption}` : `Caption: ${item.caption}`;
    KINDS.forEach(([kind], at) => kinds[at].setAttribute('aria-pressed', String(kind === state.kind)));
    list.replaceChildren(...found.results.map(one => foundLine(key, one, () => state.trail.push(item))));
    list.scrollTop = 0;
    said.textContent = 'By the cosine of CLIP embeddings; choose one to go there.';
    say('rows', { key, set: setOf(found.rows, state.about.n_captions), from: 'neighbours' });
  }

  function turnTo(kind) {
    state.kind = kind;
    if (state.answer) show();
  }

  function goBack() {
    const { row, picture: own, is_picture: isPicture } = state.trail.pop();
    say('choose-row', { row, picture: isPicture ? own : null });
  }

  function close(isTold) {
    asking?.abort();
    const wasOpen = state.isOpen;
    Object.assign(state, { isOpen: false, answer: null, trail: [] });
    section.hidden = true;
    if (isTold && wasOpen) say('rows', { key: state.about.key, set: null, from: 'neighbours' });
  }

  listen('open', about => ((state.about = about), (state.at = null), close(false)));
  listen('select', ({ key, space, point, prototype }) => {
    if (point < 0 && prototype === null) return close(false); // cleared
    if (point < 0) return;
    state.at = { key, space, point };
    if (state.isOpen) load();
  });
  listen('rows', ({ from, set }) => from !== 'neighbours' && !set && close(false));
  listen('neighbours', () => {
    if (!state.at) return;
    state.isOpen = true;
    load();
    section.scrollIntoView({ block: 'nearest' });
  });
}
