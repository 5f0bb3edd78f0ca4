// The table of runs. Honest and paper results never share a table, because their numbers cannot be
// compared: `paper` reports the best of eleven looks at the test split.
// props.value = { remove: a run's id }

import { address, ask, duration, make, repeat, say } from './page.js';
import { makeRecallChart } from './recall.js';
import { STATES, badge, dataName, startedAt } from './run.js';
import { MEASURES, meanOf, shown } from './scores.js';
import { makeTable } from './table.js';

const LOOK_SECONDS = 2;
const PROTOCOLS = {
  honest: 'Honest protocol: the epoch is chosen on val, test is looked at once.',
  paper: 'Paper protocol: the best of eleven looks at test, as published numbers are made.',
};

export function mount(element, props, trigger, watch) {
  const view = element.querySelector('.runs-view');
  const empty = make('div', { class: 'card' }, make('h2', {}, 'No runs yet'),
    make('p', { class: 'hint' }, 'Start one in Distill; its scores will stand here.'));
  const problem = make('p', { class: 'problem', role: 'alert', hidden: true });
  const remove = id => {
    props.value = { remove: id };
    trigger('remove');
  };
  const sections = Object.entries(PROTOCOLS).map(([protocol, sentence]) => {
    const table = makeTable(columns(remove), {
      label: sentence, idOf: row => row.id, onChoose: row => say('open-run', row.id), falling: true,
    });
    const chart = makeRecallChart();
    const save = make('button', { type: 'button', class: 'tool', onclick: () => saveTable(table, protocol) }, 'Table as CSV');
    const part = make('section', { class: 'compared', hidden: true },
      make('p', { class: 'hint' }, sentence), chart.element, table.element, make('p', {}, save));
    return { protocol, table, chart, part };
  });
  view.append(problem, empty, ...sections.map(({ part }) => part));
  let last = '';

  repeat(async () => {
    if (!view.offsetParent && last) return;
    const runs = await ask('/runs').catch(error => void (problem.textContent = error.message));
    problem.hidden = Boolean(runs);
    const text = JSON.stringify(runs);
    if (!runs || text === last) return;
    last = text;
    const lines = await ask('/comparison').catch(() => []);
    empty.hidden = runs.length > 0;
    for (const { protocol, table, chart, part } of sections) {
      const own = runs.filter(run => run.config.evaluation.protocol === protocol);
      part.hidden = own.length === 0;
      table.show(own.flatMap(rowsOf));
      chart.show(lines.filter(line => line.about.protocol === protocol));
    }
  }, LOOK_SECONDS);
}

/** One row per network; a run without a result has one row. */
function rowsOf(run) {
  const networks = Object.entries(run.result?.evaluation?.backbones ?? { '–': null });
  return networks.map(([network, scores]) => ({ ...run, network, scores }));
}

function columns(remove) {
  const pairs = row => row.config.prototypes.n_prototypes;
  return [
    { title: 'Started', isGroup: true, value: row => row.id, text: row => when(row.id) },
    { title: 'Data', isGroup: true, value: row => dataName(row.config), text: row => dataName(row.config) },
    { title: 'Method', isGroup: true, value: row => row.config.method, text: row => row.config.method },
    { title: 'Pairs', isGroup: true, isNumber: true, value: pairs, text: pairs },
    { title: 'State', isGroup: true, value: row => row.state, text: state },
    { title: 'Network', value: row => row.network, text: row => row.network },
    ...MEASURES.map(measure => ({
      title: measure[0], isNumber: true,
      value: row => meanOf(row.scores, measure), text: row => shown(row.scores, measure),
    })),
    { title: 'Time', isGroup: true, isNumber: true, value: secondsOf, text: row => spent(secondsOf(row)) },
    { title: 'Actions', isGroup: true, isAction: true, text: row => make('span', { class: 'actions' }, download(row), removal(row, remove)) },
  ];
}

function state(row) {
  const made = make('span');
  badge(made, row.state);
  return made;
}

function when(id) {
  const started = startedAt(id);
  return started
    ? started.toLocaleString(undefined, { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' })
    : id;
}

/** Seconds that the run took, without waiting; null while it has no result. */
function secondsOf({ result }) {
  return result?.timing ? Object.values(result.timing).reduce((sum, each) => sum + each, 0) : null;
}

const spent = seconds => (seconds === null ? '–' : duration(seconds));

/** A link to the distilled set as a zip file, once the run is done. */
function download({ id, state }) {
  if (state !== 'done') return '';
  return make('a', { class: 'tool is-small', href: address(`/runs/${id}/set.zip`), download: `${id}.zip` }, 'Download');
}

function saveTable(table, protocol) {
  const link = make('a', { href: URL.createObjectURL(new Blob([table.csv()], { type: 'text/csv' })), download: `runs-${protocol}.csv` });
  link.click();
  URL.revokeObjectURL(link.href);
}

/** A button that has to be pressed twice. */
function removal(row, remove) {
  if (STATES[row.state]?.kind === 'is-busy') return '';
  const button = make('button', { type: 'button', class: 'tool is-small' }, 'Delete');
  button.onclick = () => {
    if (button.dataset.asked) return remove(row.id);
    button.dataset.asked = 'yes';
    button.textContent = 'Really delete?';
    button.onblur = () => {
      delete button.dataset.asked;
      button.textContent = 'Delete';
    };
  };
  return button;
}
