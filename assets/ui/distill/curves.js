// Two curves of a run, loss and headline metric: of a set by the steps that it is learned in, and of
// students by the epochs that they are trained in.

import { make } from '../common/page.js';
import { headline } from '../common/scores.js';
import { makeChart } from './chart.js';

/** `name` stands before the titles, `file(which)` names what is saved. */
function makePair({ across, name, file }) {
  const chart = which =>
    makeChart({
      title: `${name}loss`,
      across,
      up: which === 'loss' ? 'Loss' : 'Percent',
      steep: which === 'loss',
      file: () => file(which),
    });
  const [loss, score] = [chart('loss'), chart('score')];
  const element = make('div', { class: 'charts' }, loss.element, score.element);
  element.hidden = true;
  return {
    element,
    loss,
    score,
    clear() {
      element.hidden = true;
      for (const each of [loss, score]) each.clear();
    },
  };
}

export function makeCurves(run) {
  const file = how => which => `${which}${how}-${run()}`;
  const learning = makePair({ across: 'Step', name: 'Set: ', file: file('-of-set') });
  const training = makePair({ across: 'Epoch', name: 'Students: ', file: file('') });
  const none = make('p', { class: 'hint' }, 'They appear when students are trained on the images.');
  const element = make(
    'div',
    { class: 'of-set of-curves' },
    make('h3', {}, 'Curves'),
    none,
    training.element,
  );

  function clear() {
    learning.clear();
    learning.element.remove();
    training.clear();
    none.hidden = false;
  }

  function tell({ about, events }) {
    const { name, label } = headline(about);
    if (about.learns) showLearning();
    learning.score.name(`Set: ${label} on val, of one quick student`);
    for (const event of events) if (event.kind === 'metric') take(event, about, name, label);
    none.hidden = !(learning.element.hidden && training.element.hidden);
  }

  /** From the start, so that nothing jumps when the first points come. */
  function showLearning() {
    if (!learning.element.isConnected) training.element.before(learning.element);
    learning.element.hidden = false;
  }

  function take(event, about, name, label) {
    const isSet = event.step !== undefined;
    const pair = isSet ? learning : training;
    const [group, line] = isSet ? [about.method.label, ''] : [event.backbone, `seed ${event.seed}`];
    const at = isSet ? event.step : event.epoch;
    pair.element.hidden = false;
    if (event.loss !== undefined) pair.loss.add(group, line, at, event.loss);
    if (event[name] === undefined) return;
    pair.score.add(group, line, at, event[name]);
    if (isSet) return;
    const isTest = event.split === 'test';
    training.score.name(
      isTest
        ? `Students: ${label} on test, looked at while training (paper protocol)`
        : `Students: ${label} on val`,
    );
  }

  return { element, clear, tell };
}
