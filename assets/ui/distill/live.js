// One run as it goes: stages, images, curves, log.
// props.value = { run: its id, duplicated: whether the form was just filled with its settings }

import { lastSaid, listen, say } from '../common/page.js';
import { STATES, badge, headOf, isGoing, title } from '../common/run.js';
import { makeCurves } from './curves.js';
import { makeFollowing } from './following.js';
import { makeMade } from './made.js';
import { outcome } from './outcome.js';
import { buildRun } from './runview.js';

export function mount(element, props, trigger, watch) {
  const view = element.querySelector('.live-view');
  const parts = { made: makeMade(), curves: makeCurves(() => following.run()) };
  const dom = buildRun(parts, name => {
    if (name === 'duplicate') props.value = { run: following.run() };
    trigger(name);
  });
  view.replaceChildren(dom.waiting, dom.empty, dom.run);
  const teller = makeTeller(dom, parts, trigger);
  const following = makeFollowing(view, tell, teller.fail);
  let isAsked = false; // by somebody who is to see it, which takes until it is told

  function tell(...told) {
    teller.tell(...told);
    if (isAsked) dom.run.scrollIntoView();
    isAsked = false;
  }

  function open(id) {
    if (!id || id === following.run()) return;
    teller.clear();
    following.follow(id);
    say('opened-run', id);
  }

  function see({ run: id, duplicated } = {}) {
    dom.empty.hidden = id !== ''; // the server tells the newest run, or that there is none
    if (id === '') dom.waiting.hidden = true;
    open(id);
    if (!duplicated) return;
    dom.said.textContent =
      'The form has the settings of this run now: change what you like, and Start.';
    document.getElementById('settings-of-a-run').scrollIntoView({ block: 'nearest' });
  }

  function choose(id) {
    props.value = { run: id };
    isAsked = true;
    open(id);
  }

  listen('open-run', choose);
  watch('value', () => see(props.value));
  see(props.value);
  if (lastSaid('open-run')) choose(lastSaid('open-run')); // before this tab was opened for the first time
}

/** Puts what a run tells into its view; triggers "ended" when it is seen to end. */
function makeTeller(dom, parts, trigger) {
  let shown = {}; // what was told of this run so far

  function clear() {
    shown = {};
    dom.result.replaceChildren();
    dom.said.textContent = '';
    for (const part of Object.values(parts)) part.clear();
  }

  function tell(run, isWanted) {
    dom.empty.hidden = dom.waiting.hidden = true;
    dom.run.hidden = false;
    dom.problem.hidden = true;
    tellHead(dom, run);
    tellState(run.status);
    if (run.kind === 'sweep') tellSweep(run, isWanted);
    else for (const part of Object.values(parts)) part.tell(run);
    tellLog(run.log);
    if (run.result?.evaluation && !shown.result) dom.result.replaceChildren(...outcome(run));
    shown.result = run.result;
  }

  function tellState({ state }) {
    const isAlive = isGoing(state);
    if (shown.isAlive && !isAlive) {
      trigger('ended');
      say('ended');
    }
    shown.isAlive = isAlive;
    dom.cancel.hidden = !isAlive;
    dom.resume.hidden = !STATES[state]?.canResume;
  }

  function tellSweep({ id, about, config, sweep, events }, isWanted) {
    if (!shown.hasBegun) dom.sweep.begin(about, config.evaluation, sweep);
    shown.hasBegun = true;
    if (!events.some(event => event.kind === 'metric')) return;
    dom.sweep.load(id, isWanted).catch(error => isWanted() && fail(error));
  }

  function tellLog(log) {
    if (log === shown.log) return;
    const isAtEnd = dom.log.scrollHeight - dom.log.scrollTop - dom.log.clientHeight < 8;
    dom.log.textContent = shown.log = log;
    if (isAtEnd) dom.log.scrollTop = dom.log.scrollHeight;
  }

  function fail(error) {
    dom.waiting.hidden = true;
    dom.problem.textContent = error.message;
    dom.problem.hidden = false;
  }

  return { clear, tell, fail };
}

function tellHead(dom, run) {
  const { id, kind, about, label, status } = run;
  dom.title.textContent = headOf(run);
  dom.id.textContent = label.name ? `${title(run)} · run ${id}` : `Run ${id}`;
  badge(dom.badge, status.state);
  dom.run.classList.toggle('is-sweep', kind === 'sweep');
  dom.stages[kind].update(status, about.stages);
  dom.advice.hidden = !status.advice;
  dom.advice.textContent = status.advice;
}
