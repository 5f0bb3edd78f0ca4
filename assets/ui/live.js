// One run as it goes: stages, pictures, curves, log; the run directory is read on from where the
// last look ended, so a reload, a second tab and a restarted program all show the same.
// props.value = { run: its id, duplicated: whether the form was just filled with its settings }

import { makeChart } from './chart.js';
import { address, ask, count, duration, fixed, listen, make, openTab, say } from './page.js';
import { sized } from './runcells.js';
import { scoreTable } from './scores.js';
import { makeStages } from './stages.js';
import { makeSweepView } from './sweep.js';
import { STATES, badge, headOf, pairsOf, title } from './run.js';

const BUSY_SECONDS = 0.7;
const IDLE_SECONDS = 2.5;
const MANY = 2000; // events in one answer: there are probably more
const ALIVE = ['starting', 'queued', 'running'];

export function mount(element, props, trigger, watch) {
  const view = element.querySelector('.live-view');
  const dom = build(trigger);
  const charts = {
    loss: makeChart({ title: 'Loss', across: 'Epoch', up: 'Contrastive loss', file: () => `loss-${run}` }),
    recall: makeChart({ title: 'Recall', across: 'Epoch', up: 'Mean recall in percent', file: () => `recall-${run}` }),
  };
  dom.charts.append(charts.loss.element, charts.recall.element);
  view.append(dom.empty, dom.run);
  dom.run.hidden = true;
  let run = null;
  let offset = 0;
  let own = 0;
  let shown = {};

  function open(id) {
    if (!id || id === run) return;
    run = id;
    say('opened-run', id);
    offset = 0;
    shown = {};
    dom.pictures.replaceChildren();
    dom.result.replaceChildren();
    dom.said.textContent = '';
    for (const chart of Object.values(charts)) chart.clear();
    follow(++own);
  }

  async function follow(mine) {
    let seconds = IDLE_SECONDS;
    if (!document.hidden && view.offsetParent) {
      try {
        const answer = await ask(`/runs/${run}?offset=${offset}`);
        if (mine !== own) return;
        offset = answer.offset;
        tell(answer);
        const isBehind = answer.events.length >= MANY;
        seconds = isBehind ? 0 : ALIVE.includes(answer.status.state) ? BUSY_SECONDS : IDLE_SECONDS;
      } catch (error) {
        tellProblem(error, mine);
      }
    } else seconds = 0.3; // looks again as soon as the view is seen
    setTimeout(() => mine === own && follow(mine), 1000 * seconds);
  }

  function tell(answer) {
    const { id, kind, config, label, status, events, log, result } = answer;
    dom.empty.hidden = true;
    dom.run.hidden = false;
    dom.problem.hidden = true;
    dom.title.textContent = headOf(answer);
    dom.id.textContent = label.name ? `${title(answer)} · run ${id}` : `Run ${id}`;
    badge(dom.badge, status.state);
    dom.run.classList.toggle('is-sweep', kind === 'sweep');
    dom.stages[kind].update(status);
    dom.advice.hidden = !status.advice;
    dom.advice.textContent = status.advice;
    const isAlive = ALIVE.includes(status.state);
    if (shown.isAlive && !isAlive) trigger('ended');
    shown.isAlive = isAlive;
    dom.cancel.hidden = !isAlive;
    dom.resume.hidden = !STATES[status.state]?.canResume;
    if (kind === 'sweep') tellSweep(answer);
    else {
      for (const event of events) take(event);
      hint(answer);
    }
    if (log !== shown.log) {
      const isAtEnd = dom.log.scrollHeight - dom.log.scrollTop - dom.log.clientHeight < 8;
      dom.log.textContent = shown.log = log;
      if (isAtEnd) dom.log.scrollTop = dom.log.scrollHeight;
    }
    if (result?.evaluation && !shown.result) dom.result.replaceChildren(...outcome(result));
    shown.result = result;
  }

  function tellSweep({ config, sweep, events }) {
    if (!shown.hasBegun) dom.sweep.begin(config.evaluation, sweep);
    shown.hasBegun = true;
    if (!events.some(event => event.kind === 'metric')) return;
    const mine = own;
    dom.sweep.load(run, () => mine === own).catch(error => tellProblem(error, mine));
  }

  function tellProblem(error, mine) {
    if (mine !== own) return;
    dom.problem.textContent = error.message;
    dom.problem.hidden = false;
  }

  function take(event) {
    if (event.kind === 'image') return addPicture(event);
    if (event.kind !== 'metric') return;
    const line = `seed ${event.seed}`;
    if (event.loss !== undefined) charts.loss.add(event.backbone, line, event.epoch, event.loss);
    if (event.recall !== undefined) {
      charts.recall.add(event.backbone, line, event.epoch, event.recall);
      shown.split = event.split;
    }
    shown.hasCurves = true;
  }

  function addPicture({ file_name, caption, prototype, similarity }) {
    const about = `Pair ${prototype + 1}: ${caption} (similarity ${fixed(similarity)})`;
    const source = address(`/runs/${run}/pictures/${file_name}`);
    const image = make('img', { src: source, alt: about, title: about, width: 72, height: 72 });
    dom.pictures.append(make('li', {}, image));
  }

  function hint(answer) {
    const made = dom.pictures.children.length;
    dom.makes.hidden = answer.config.method === 'all'; // whose pictures are where they were
    dom.pictureCount.textContent = `${count(made)} of ${count(pairsOf(answer))}`;
    dom.noPictures.hidden = made > 0;
    dom.noCurves.hidden = Boolean(shown.hasCurves);
    dom.charts.classList.toggle('is-empty', !shown.hasCurves);
    charts.recall.name(shown.split === 'test'
      ? 'Recall on test, looked at while training (paper protocol)' : 'Recall on val');
  }

  dom.duplicate.onclick = () => {
    props.value = { run };
    trigger('duplicate');
  };

  function see({ run: id, duplicated } = {}) {
    open(id);
    if (!duplicated) return;
    dom.said.textContent = 'The form has the settings of this run now: change what you like, and Start.';
    document.getElementById('settings-of-a-run').scrollIntoView({ block: 'nearest' });
  }

  listen('open-run', id => {
    props.value = { run: id };
    open(id);
    openTab('Distill');
  });
  watch('value', () => see(props.value));
  see(props.value);
}

function outcome(result) {
  const { evaluation, out, timing } = result;
  const spent = Object.entries(timing).map(([stage, seconds]) => `${stage} ${duration(seconds)}`);
  const memory = result.peak_memory ? ` Memory: at most ${sized(result.peak_memory)}.` : '';
  return [
    make('h3', {}, `Recall on test, ${evaluation.protocol} protocol`),
    scoreTable(evaluation),
    make('p', { class: 'hint' }, `Percent, mean ± half of the 95 % interval over ${evaluation.n_seeds} ` +
      `students per network. `, out ? ['The set is in ', make('code', {}, out), '. '] : [], `Time: ${spent.join(', ')}.${memory}`),
  ];
}

function build(trigger) {
  const button = (text, name) =>
    make('button', { type: 'button', class: 'tool', onclick: () => trigger(name) }, text);
  const dom = {
    title: make('h2'),
    id: make('p', { class: 'hint figure' }),
    badge: make('span', { class: 'state' }),
    cancel: button('Cancel', 'cancel'),
    resume: button('Resume', 'resume'),
    duplicate: make('button', { type: 'button', class: 'tool', title: 'Fills the form with the settings of this run' }, 'Duplicate'),
    said: make('p', { class: 'hint', role: 'status' }),
    stages: {
      distill: makeStages(['embed', 'prototypes', 'synthesize', 'evaluate']),
      sweep: makeStages(['sweep']),
    },
    sweep: makeSweepView(),
    advice: make('p', { class: 'remark', hidden: true }),
    problem: make('p', { class: 'problem', role: 'alert', hidden: true }),
    result: make('div', { class: 'outcome', 'aria-live': 'polite' }),
    pictures: make('ul', { class: 'made', 'aria-label': 'Pictures of the set' }),
    pictureCount: make('span', { class: 'hint figure' }),
    noPictures: make('p', { class: 'hint' }, 'They appear here as they are made.'),
    noCurves: make('p', { class: 'hint' }, 'They appear when students are trained on the pictures.'),
    charts: make('div', { class: 'charts is-empty' }),
    log: make('pre', { class: 'log', tabindex: 0, 'aria-label': 'Log' }),
    empty: make('div', { class: 'card' }, make('h2', {}, 'No run yet'),
      make('p', { class: 'hint' }, 'Start makes a small set of pairs, trains students on it and ' +
        'scores them on pictures they have never seen. It goes on if you close this page.')),
  };
  dom.makes = make('div', { class: 'of-set' }, make('h3', {}, 'Pictures ', dom.pictureCount), dom.noPictures, dom.pictures);
  dom.run = make('div', { class: 'run' },
    make('header', {}, make('div', {}, make('div', { class: 'run-title' }, dom.title, dom.badge), dom.id),
      make('div', { class: 'tools' }, dom.cancel, dom.resume, dom.duplicate)),
    dom.said, dom.problem, dom.advice,
    make('div', { class: 'of-set' }, dom.stages.distill.element, dom.result,
      dom.makes, make('h3', {}, 'Curves'), dom.noCurves, dom.charts),
    make('div', { class: 'of-sweep' }, dom.stages.sweep.element, dom.sweep.element),
    make('details', {}, make('summary', {}, 'Log'), dom.log));
  return dom;
}
