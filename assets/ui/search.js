// Search by words, through CLIP, or for a text in captions; results are ranked, and lit on the map.

import { address, ask, count, fixed, listen, make, say } from './page.js';
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
  const form = make('form', { role: 'search' },
    make('div', { class: 'search-line' }, input, make('button', { class: 'tool is-primary' }, 'Search')),
    make('div', { class: 'search-line' },
      make('div', { class: 'segments', role: 'group', 'aria-label': 'How to search' }, ways), clear));
  view.append(form, said, results);

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
    results.replaceChildren();
    results.hidden = clear.hidden = true;
    if (isTold && state.about) say('rows', { key: state.about.key, set: null, from: 'search' });
  }

  async function search() {
    const query = input.value.trim();
    if (!state.about || !query) return reset(true);
    state.asking?.abort();
    const mine = (state.asking = new AbortController());
    const { key, n_captions } = state.about;
    clear.hidden = false;
    said.textContent = 'Searching … the first search by words loads the encoder.';
    if (state.by === 'text') said.textContent = 'Searching …';
    try {
      const answer = await ask(`/prepared/${key}/search?${new URLSearchParams({ by: state.by, query })}`, mine.signal);
      results.replaceChildren(...answer.results.map(result => line(key, result)));
      results.hidden = !answer.n;
      results.scrollTop = 0;
      said.textContent = told(answer, query);
      say('rows', { key, set: answer.n ? setOf(answer.rows, n_captions) : null, from: 'search' });
    } catch (error) {
      if (error.name === 'AbortError') return;
      said.textContent = error.message;
      results.hidden = true;
    }
  }

  function told({ n, results: shown }, query) {
    if (!n) return `No caption contains “${query}”. Try fewer letters, or search by words.`;
    if (state.by === 'words') return `The ${count(n)} pictures most like “${query}”, with their cosine.`;
    const rest = n > shown.length ? `, the first ${shown.length} shown` : '';
    return `${count(n)} ${n === 1 ? 'caption contains' : 'captions contain'} “${query}”${rest}; the cosine is of caption and picture.`;
  }

  form.addEventListener('submit', event => (event.preventDefault(), search()));
  form.addEventListener('keydown', event => event.key === 'Escape' && (event.preventDefault(), reset(true)));
  listen('open', about => ((state.about = about), reset(false)));
  listen('rows', ({ from, set }) => from !== 'search' && !set && reset(false));
}

function line(key, { row, picture, caption, similarity }) {
  return make('li', {},
    make('button', { type: 'button', class: 'found-row', onclick: () => say('choose-row', { row }) },
      make('img', { src: address(`/prepared/${key}/pictures/${picture}.webp`), alt: '', loading: 'lazy', width: 44, height: 44 }),
      make('span', { class: 'text' }, caption),
      make('span', { class: 'figure' }, fixed(similarity))));
}
