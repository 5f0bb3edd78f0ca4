// Every run, to be compared. What was scored in different ways never shares a table, because the
// numbers cannot be compared; a task says which ways it has.
// props.value = { remove, cancel or resume: a run's id; judge: what to put before a referee }

import { makeComparison } from './compared.js';
import { ask, make, repeat } from '../common/page.js';
import { nameOf, sizeOf, wayOf } from '../common/run.js';

const LOOK_SECONDS = 2;

export function mount(element, props, trigger) {
  const view = element.querySelector('.runs-view');
  const dom = build(() => show());
  const does = Object.fromEntries(
    ['remove', 'cancel', 'resume', 'judge'].map(name => [
      name,
      value => {
        props.value = { [name]: value };
        trigger(name);
      },
    ]),
  );
  const sections = makeSections(view, { ...does, look });
  let [last, runs, lines] = ['', [], []];
  const reading = view.firstElementChild; // seen until the runs are there
  view.prepend(dom.strip, dom.problem, dom.empty);

  async function look() {
    if (!view.offsetParent && last) return;
    const answer = await ask('/runs').catch(
      error => void (dom.problem.textContent = error.message),
    );
    dom.problem.hidden = Boolean(answer);
    const text = JSON.stringify(answer);
    if (!answer || text === last || isInUse()) return;
    lines = await ask('/comparison').catch(() => lines);
    [last, runs] = [text, answer];
    reading.remove();
    show();
  }

  /** Somebody is typing a name, or was asked whether to delete: rows must stay where they are. */
  const isInUse = () => view.querySelector('.label-form, [data-asked]');

  function show() {
    const words = dom.filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    const matching = runs.filter(run => words.every(word => textOf(run).includes(word)));
    dom.empty.hidden = runs.length > 0;
    dom.strip.hidden = runs.length === 0;
    dom.nothing.textContent = runs.length && !matching.length ? 'No run matches the filter.' : '';
    sections.show(runs, matching, lines);
  }

  /** How far a referee is changes all the time, and nothing else with it. */
  async function lookAtJudgements() {
    if (view.offsetParent) sections.judge(await ask('/judgements').catch(() => null));
  }

  repeat(look, LOOK_SECONDS);
  repeat(lookAtJudgements, LOOK_SECONDS);
}

const build = filtered => {
  const dom = parts(filtered);
  return {
    ...dom,
    strip: make('header', { class: 'runs-strip', hidden: true }, dom.filter, dom.nothing),
  };
};

const parts = filtered => ({
  empty: make(
    'div',
    { class: 'card', hidden: true },
    make('h2', {}, 'No runs yet'),
    make('p', { class: 'hint' }, 'Start one in Distill; its scores will stand here.'),
  ),
  problem: make('p', { class: 'problem', role: 'alert', hidden: true }),
  filter: make('input', {
    type: 'search',
    class: 'filter',
    placeholder: 'Filter runs: a name, a method, a word of a note',
    'aria-label': 'Filter runs',
    oninput: filtered,
  }),
  nothing: make('p', { class: 'hint', role: 'status' }),
});

/** A section per task and protocol that there are runs for, in the order in which they came to be. */
function makeSections(view, does) {
  const sections = new Map();
  const keyOf = ({ about }) => `${about.task.name} ${about.protocol.name}`;

  function add({ about }) {
    const sentence = `${about.task.label}. ${about.protocol.label}`;
    const section = makeComparison(about, sentence, does);
    view.append(section.element);
    return section;
  }

  const open = runs => {
    for (const run of runs) if (!sections.has(keyOf(run))) sections.set(keyOf(run), add(run));
  };

  function show(runs, matching, lines) {
    open(runs);
    for (const [key, section] of sections) {
      const own = run => keyOf(run) === key;
      const drawn = lines.filter(line => `${line.about.task} ${line.protocol}` === key);
      section.show(runs.filter(own), matching.filter(own), drawn);
    }
  }

  /** Shows what a referee found; nothing where the server could not tell. */
  function judge(judgements) {
    if (!judgements) return;
    open(judgements);
    for (const [key, section] of sections)
      section.judge(judgements.filter(each => keyOf(each) === key));
  }

  return { show, judge };
}

/** What the filter looks into. */
const textOf = run => {
  const { about, config, label, state, id } = run;
  const words = [
    nameOf(run),
    label.note,
    about.method.label,
    config.data,
    config.bundle,
    wayOf(run),
    sizeOf(run),
    state,
    id,
  ];
  return words.join(' ').toLowerCase();
};
