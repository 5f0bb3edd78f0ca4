// Two distilled sets side by side, below everything else for their width: the images load as they come
// into sight.

import { count, fixed } from '../common/numbers.js';
import { address, ask, make } from '../common/page.js';
import { headOf } from '../common/run.js';

const WAYS = [
  {
    by: 'fitting',
    title: 'Most alike',
    means:
      'Each pair beside the partner that is most like it: prototypes of highest cosine, each used once.',
  },
  { by: 'number', title: 'By number', means: 'Pair 1 beside pair 1, and so on.' },
];

export function makeSides() {
  const ways = makeWays(by => Object.assign(state, { by }) && load());
  const heads = make('div', { class: 'side-heads' });
  const list = make('ol', { class: 'sides', tabindex: 0, 'aria-label': 'Both sets side by side' });
  const said = make('p', { class: 'hint', role: 'status' });
  const element = make(
    'details',
    { class: 'side-by-side', hidden: true, ontoggle: () => element.open && load() },
    make('summary', {}, 'The two sets, side by side'),
    ways.element,
    said,
    heads,
    list,
  );
  const state = { runs: null, by: 'fitting', loaded: '' };

  function show(runs) {
    state.runs = runs;
    element.hidden = !runs;
    if (runs && element.open) load();
  }

  async function open() {
    element.open = true;
    await load();
    element.scrollIntoView({ block: 'start' });
  }

  async function load() {
    const [first, second] = state.runs;
    const wanted = `first=${first.id}&second=${second.id}&by=${state.by}`;
    if (wanted === state.loaded) return;
    state.loaded = wanted;
    try {
      const pairs = await ask(`/comparison/sets?${wanted}`);
      if (wanted !== state.loaded) return;
      heads.replaceChildren(...[first, second].map(run => make('strong', {}, headOf(run))));
      list.replaceChildren(...pairs.map(pair => line(pair, first, second)));
      list.scrollTop = 0;
      ways.show(state.by, pairs);
      said.textContent = summed(pairs);
    } catch (error) {
      if (wanted !== state.loaded) return;
      state.loaded = '';
      list.replaceChildren();
      said.textContent = error.message;
    }
  }

  return { element, show, open };
}

/** Buttons that choose what stands beside what. */
function makeWays(choose) {
  const buttons = WAYS.map(({ by, title, means }) =>
    make(
      'button',
      {
        type: 'button',
        class: 'segment',
        title: means,
        'aria-pressed': 'false',
        onclick: () => choose(by),
      },
      title,
    ),
  );
  const element = make(
    'div',
    { class: 'segments', role: 'group', 'aria-label': 'What stands beside what', hidden: true },
    buttons,
  );
  /** There is a choice where the likeness of some is known. */
  function show(by, pairs) {
    element.hidden = pairs.every(({ likeness }) => likeness === null);
    WAYS.forEach((way, at) => buttons[at].setAttribute('aria-pressed', String(way.by === by)));
  }
  return { element, show };
}

function summed(pairs) {
  const alike = pairs.map(pair => pair.likeness).filter(each => each !== null);
  const mean = alike.reduce((sum, each) => sum + each, 0) / alike.length;
  const told = alike.length
    ? ` Beside each other they are ${fixed(mean)} alike: the mean cosine of their prototypes.`
    : '';
  return `${count(pairs.length)} ${pairs.length === 1 ? 'line' : 'lines'}.${told}`;
}

function line({ first, second, likeness }, firstRun, secondRun) {
  return make(
    'li',
    {},
    side(first, firstRun),
    make(
      'span',
      { class: 'alike figure', title: 'Mean cosine of the two prototypes' },
      likeness === null ? '' : fixed(likeness),
    ),
    side(second, secondRun),
  );
}

function side(row, run) {
  if (!row)
    return make('div', { class: 'side is-missing' }, make('span', { class: 'hint' }, 'none'));
  const image = address(`/runs/${run.id}/images/${row.file_name}`);
  return make(
    'div',
    { class: 'side' },
    make('img', { src: image, alt: '', loading: 'lazy', width: 96, height: 96 }),
    make(
      'div',
      {},
      make(
        'span',
        { class: 'hint figure' },
        row.label ? `Image ${row.prototype + 1}` : ofPair(row, run.about),
      ),
      make('p', {}, row.label || row.caption),
    ),
  );
}

const ofPair = ({ prototype, similarity }, { of_prototypes: isMadeFor }) =>
  `Pair ${prototype + 1}${isMadeFor ? ` · ${fixed(similarity)} to its prototype` : ''}`;
