// Every run, to be compared. Honest and paper results never share a table, because their numbers
// cannot be compared: `paper` reports the best of eleven looks at the test split.
// props.value = { remove: a run's id }

import { makeComparison } from './compared.js';
import { ask, make, repeat } from './page.js';
import { methodOf, nameOf, pairsOf } from './run.js';

const LOOK_SECONDS = 2;
const PROTOCOLS = {
  honest: 'Honest protocol: the epoch is chosen on val, test is looked at once.',
  paper: 'Paper protocol: the best of eleven looks at test, as published numbers are made.',
};

export function mount(element, props, trigger) {
  const view = element.querySelector('.runs-view');
  const empty = make('div', { class: 'card', hidden: true }, make('h2', {}, 'No runs yet'),
    make('p', { class: 'hint' }, 'Start one in Distill; its scores will stand here.'));
  const problem = make('p', { class: 'problem', role: 'alert', hidden: true });
  const filter = make('input', {
    type: 'search', class: 'filter', placeholder: 'Filter runs: a name, a method, a word of a note',
    'aria-label': 'Filter runs', oninput: () => show(),
  });
  const nothing = make('p', { class: 'hint', role: 'status' });
  const remove = id => {
    props.value = { remove: id };
    trigger('remove');
  };
  const sections = Object.entries(PROTOCOLS).map(([protocol, sentence]) =>
    [protocol, makeComparison(protocol, sentence, { remove, look })]);
  view.append(problem, empty, filter, nothing, ...sections.map(([, section]) => section.element));
  let [last, runs, lines] = ['', [], []];

  async function look() {
    if (!view.offsetParent && last) return;
    const answer = await ask('/runs').catch(error => void (problem.textContent = error.message));
    problem.hidden = Boolean(answer);
    const text = JSON.stringify(answer);
    if (!answer || text === last || isInUse()) return;
    lines = await ask('/comparison').catch(() => lines);
    [last, runs] = [text, answer];
    show();
  }

  /** Somebody is typing a name, or was asked whether to delete: rows must stay where they are. */
  const isInUse = () => view.querySelector('.label-form, [data-asked]');

  function show() {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    const matching = runs.filter(run => words.every(word => textOf(run).includes(word)));
    empty.hidden = runs.length > 0;
    filter.hidden = runs.length === 0;
    nothing.textContent = runs.length && !matching.length ? 'No run matches the filter.' : '';
    for (const [protocol, section] of sections) {
      const own = run => run.config.evaluation.protocol === protocol;
      section.show(runs.filter(own), matching.filter(own), lines.filter(line => line.about.protocol === protocol));
    }
  }

  repeat(look, LOOK_SECONDS);
}

/** What the filter looks into. */
const textOf = run => {
  const { config, label, state, id } = run;
  const words = [nameOf(run), label.note, config.data, config.bundle, methodOf(run), pairsOf(run), state, id];
  return words.join(' ').toLowerCase();
};
