// Search by words or a picture, through CLIP, or for a text in captions; results are ranked, and lit
// on the map.

import { foundLine } from './found.js';
import { ask, count, listen, make, say } from './page.js';
import { makePicturePicker } from './picturepicker.js';
import { setOf } from './rowset.js';

const WAYS = [
  { by: 'words', title: 'Words', hint: 'a red boat at night', means: 'Pictures that CLIP finds most like the words.' },
  { by: 'text', title: 'Plain text', hint: 'boat', means: 'Captions that contain the text, the best agreeing pairs first.' },
];

export function mount(element) {
  const view = element.querySelector('.search-view');
  const state = { about: null, by: 'words', asking: null };
  const input = make('input', { type: 'search', 'aria-label': 'Search the dataset', placeholder: WAYS[0].hint, autocomplete: 'off' });
  const ways = WAYS.map(({ by, title, means }) =>
    make('button', { type: 'button', class: 'segment', title: means, 'aria-pressed': String(by === 'words'), onclick: () => turnTo(by) }, title));
  const clear = make('button', { type: 'button', class: 'tool', hidden: true, 'aria-label': 'Clear the search', onclick: () => reset(true) }, 'Clear');
  const said = make('p', { class: 'hint', role: 'status' });
  const results = make('ol', { class: 'found', 'aria-label': 'Results, the best first', hidden: true });
  const form = make('form', { role: 'search' });
  const given = makePicturePicker(form, searchPicture);
  form.append(
    make('div', { class: 'search-line' }, input, make('button', { class: 'tool is-primary' }, 'Search')),
    make('div', { class: 'search-line' },
      make('div', { class: 'tools' },
        make('div', { class: 'segments', role: 'group', 'aria-label': 'How to search' }, ways), given.fields),
      clear));
  view.append(form, make('div', { class: 'search-said' }, given.preview, said), results);

  function turnTo(by) {
    state.by = by;
    WAYS.forEach((way, at) => ways[at].setAttribute('aria-pressed', way.by === by));
    input.placeholder = WAYS.find(way => way.by === by).hint;
    if (input.value.trim()) search();
  }

  function reset(isTold) {
    state.asking?.abort();
    state.asking = null;
    input.value = '';
    said.textContent = '';
    given.show(null);
    results.replaceChildren();
    results.hidden = clear.hidden = true;
    if (isTold && state.about) say('rows', { key: state.about.key, set: null, from: 'search' });
  }

  function search() {
    const query = input.value.trim();
    if (!state.about || !query) return reset(true);
    given.show(null);
    const path = `/search?${new URLSearchParams({ by: state.by, query })}`;
    find(path, {}, answer => told(answer, `“${query}”`, state.by), state.by === 'text');
  }

  function searchPicture(file) {
    if (!state.about) return;
    input.value = '';
    given.show(file);
    const options = { method: 'POST', body: file, headers: { 'Content-Type': 'application/octet-stream' } };
    find(`/search/picture?${new URLSearchParams({ name: file.name })}`, options, answer => told(answer, file.name, 'picture'));
  }

  async function find(path, options, tell, isQuick = false) {
    state.asking?.abort();
    const mine = (state.asking = new AbortController());
    const { key, n_captions } = state.about;
    clear.hidden = false;
    said.textContent = isQuick ? 'Searching …' : 'Searching … the first search through CLIP loads the encoder.';
    try {
      const answer = await ask(`/prepared/${key}${path}`, mine.signal, options);
      results.replaceChildren(...answer.results.map(result => foundLine(key, result)));
      results.hidden = !answer.n;
      results.scrollTop = 0;
      said.textContent = tell(answer);
      say('rows', { key, set: answer.n ? setOf(answer.rows, n_captions) : null, from: 'search' });
    } catch (error) {
      if (error.name === 'AbortError') return;
      said.textContent = error.message;
      results.hidden = true;
    }
  }

  form.addEventListener('submit', event => (event.preventDefault(), search()));
  form.addEventListener('keydown', event => event.key === 'Escape' && (event.preventDefault(), reset(true)));
  listen('open', about => ((state.about = about), reset(false)));
  listen('rows', ({ from, set }) => from !== 'search' && !set && reset(false));
}

function told({ n, results }, what, by) {
  if (!n) return `No caption contains ${what}. Try fewer letters, or search by words.`;
  if (by !== 'text') return `The ${count(n)} pictures most like ${what}, with their cosine.`;
  const rest = n > results.length ? `, the first ${results.length} shown` : '';
  return `${count(n)} ${n === 1 ? 'caption contains' : 'captions contain'} ${what}${rest}; the cosine is of caption and picture.`;
}
