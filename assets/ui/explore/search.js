// Search by words or an image, through CLIP, or for a text in captions; results are ranked, and lit
// on the map.

import { onKey } from '../common/keys.js';
import { count } from '../common/numbers.js';
import { ask, listen, make, say } from '../common/page.js';
import { makeImagePicker } from './imagepicker.js';
import { setOf } from '../common/rowset.js';

const WAYS = [
  {
    by: 'words',
    title: 'Words',
    hint: 'a red boat at night',
    means:
      'Images that CLIP finds most like the words; of labelled data those of a class that is named.',
  },
  {
    by: 'text',
    title: 'Plain text',
    hint: 'boat',
    means: 'Captions that contain the text, the best agreeing pairs first.',
  },
];

const FEW = 10; // classes that are named

export function mount(element) {
  const state = { about: null, by: 'words', asking: null };
  const form = make('form', { role: 'search' });
  const given = makeImagePicker(form, searchImage);
  const dom = build(form, given, { turnTo, clear: () => reset(true) });
  const find = makeFinder(dom, state, given.preview);
  element.querySelector('.search-view').append(form, dom.said);

  function turnTo(by) {
    state.by = by;
    WAYS.forEach((way, at) => dom.ways[at].setAttribute('aria-pressed', way.by === by));
    dom.input.placeholder = exampleOf(state);
    if (dom.input.value.trim()) search();
  }

  function reset(isTold) {
    state.asking?.abort();
    state.asking = null;
    Object.assign(dom.input, { value: '', placeholder: exampleOf(state) });
    dom.said.textContent = '';
    given.show(null);
    dom.clear.hidden = true;
    say('found', null);
    if (isTold && state.about) say('rows', { key: state.about.key, set: null, from: 'search' });
  }

  function search() {
    const query = dom.input.value.trim();
    if (!state.about || !query) return reset(true);
    given.show(null);
    const path = `/search?${new URLSearchParams({ by: state.by, query })}`;
    const tell = answer => told(answer, `“${query}”`, state.by, state.about.classes);
    find(path, {}, tell, state.by === 'text');
  }

  function searchImage(file) {
    if (!state.about) return;
    dom.input.value = '';
    given.show(file);
    const headers = { 'Content-Type': 'application/octet-stream' };
    const path = `/search/image?${new URLSearchParams({ name: file.name })}`;
    const tell = answer => told(answer, file.name, 'image', []);
    find(path, { method: 'POST', body: file, headers }, tell);
  }

  onKey('/', dom.input, () => dom.input.focus());
  form.addEventListener('submit', event => {
    event.preventDefault();
    search();
    if (dom.input.value.trim()) return;
    dom.input.focus();
    dom.said.textContent = `Say what to look for, such as “${dom.input.placeholder}”.`;
  });
  form.addEventListener(
    'keydown',
    event => event.key === 'Escape' && (event.preventDefault(), reset(true)),
  );
  listen('open', about => ((state.about = about), reset(false)));
  listen('rows', ({ from, set }) => from !== 'search' && !set && reset(false));
}

/** What one may search for: in labelled data a class. */
const exampleOf = ({ about, by }) => about?.classes[0] ?? WAYS.find(way => way.by === by).hint;

/** find(path, options, tell, isQuick) has shown what a search finds; tell(answer) says it in words, beside
 * the preview of an image. */
function makeFinder(dom, state, given) {
  return async (path, options, tell, isQuick = false) => {
    state.asking?.abort();
    const mine = (state.asking = new AbortController());
    const { key, n_captions } = state.about;
    dom.clear.hidden = false;
    dom.said.textContent = isQuick
      ? 'Searching …'
      : 'Searching; the first search through CLIP loads the encoder …';
    try {
      const answer = await ask(`/prepared/${key}${path}`, mine.signal, options);
      const [text, isThere] = [tell(answer), answer.n > 0];
      dom.said.textContent = isThere ? '' : text;
      say('found', isThere ? { key, results: answer.results, text, given } : null);
      say('rows', { key, set: answer.n ? setOf(answer.rows, n_captions) : null, from: 'search' });
    } catch (error) {
      if (error.name === 'AbortError') return;
      dom.said.textContent = error.message;
      say('found', null);
      say('rows', { key, set: null, from: 'search' });
    }
  };
}

/** Fills the form; `given` has the fields of an image. */
function build(form, given, { turnTo, clear }) {
  const dom = {
    input: make('input', {
      type: 'search',
      'aria-label': 'Search the dataset',
      title: 'Press / to come here',
      placeholder: WAYS[0].hint,
      autocomplete: 'off',
    }),
    ways: WAYS.map(({ by, title, means: meaning }) => {
      const isPressed = String(by === WAYS[0].by);
      const attributes = { title: meaning, 'aria-pressed': isPressed, onclick: () => turnTo(by) };
      return make('button', { type: 'button', class: 'segment', ...attributes }, title);
    }),
    clear: make(
      'button',
      {
        type: 'button',
        class: 'tool',
        hidden: true,
        'aria-label': 'Clear the search',
        onclick: clear,
      },
      'Clear',
    ),
    said: make('p', { class: 'search-said hint', role: 'status' }),
  };
  const ways = { class: 'segments', role: 'group', 'aria-label': 'How to search' };
  const start = make('button', { class: 'tool is-primary' }, 'Search');
  form.append(
    make('div', { class: 'search-line' }, dom.input, start),
    make(
      'div',
      { class: 'search-line' },
      make('div', { class: 'tools' }, make('div', ways, dom.ways), given.fields),
      dom.clear,
    ),
  );
  return dom;
}

/** What a search found, in words, how much of it the list leaves out, and what an encoder may not know.
 * @param {Wire.Found} found
 * @param {string} what
 * @param {string} by
 * @param {string[]} known the classes of labelled data
 */
export function told({ n, results, left_out: leftOut, unknown, classes }, what, by, known) {
  if (!n) return `No caption contains ${what}. Try fewer letters, or search by words.`;
  const shown = count(results.length);
  if (classes.length) {
    const rest = leftOut ? ` The first ${shown} are listed, ${count(leftOut)} are not.` : '';
    return `${count(n)} images of ${classes.join(', ')}; the cosine is of image and class name.${rest}`;
  }
  if (by !== 'text') {
    const rest = leftOut ? ` The other ${count(leftOut)} are less like it and not listed.` : '';
    const never = unknown.map(word => `“${word}”`).join(', ');
    const odd = never ? ` No caption has ${never}.` : '';
    const named = by === 'words' && known.length ? ` No class is called so: ${few(known)}.` : '';
    return `The ${shown} images most like ${what}, with their cosine.${rest}${odd}${named}`;
  }
  const rest = leftOut ? ` The first ${shown} are listed, ${count(leftOut)} are not.` : '';
  return `${count(n)} ${n === 1 ? 'caption contains' : 'captions contain'} ${what}; the cosine is of caption and image.${rest}`;
}

/** @param {string[]} names */
const few = names =>
  names.length > FEW
    ? `there are ${names.slice(0, FEW).join(', ')} …`
    : `there are ${names.join(', ')}`;
