// The elements of a run's view, outermost first: a head with buttons, what it says, its parts.

import { make } from '../common/page.js';
import { makeStages } from '../common/stages.js';
import { makeSweepView } from './sweep.js';

/** Builds the view around `made` and `curves`; buttons trigger events of their names. */
export function buildRun({ made, curves }, trigger) {
  const dom = {
    title: make('h2'),
    id: make('p', { class: 'hint figure' }),
    badge: make('span', { class: 'state' }),
    ...buttons(trigger),
    said: make('p', { class: 'hint', role: 'status' }),
    stages: { distill: makeStages(), sweep: makeStages() },
    sweep: makeSweepView(),
    advice: make('p', { class: 'remark', hidden: true }),
    problem: make('p', { class: 'problem', role: 'alert', hidden: true }),
    result: make('div', { class: 'outcome', 'aria-live': 'polite' }),
    log: make('pre', { class: 'log', tabindex: 0, 'aria-label': 'Log' }),
    waiting: make('p', { class: 'hint' }, 'Opening the newest run …'),
    empty: empty(),
  };
  dom.run = make(
    'div',
    { class: 'run', hidden: true },
    head(dom),
    dom.said,
    dom.problem,
    dom.advice,
    make(
      'div',
      { class: 'of-set' },
      dom.stages.distill.element,
      dom.result,
      made.element,
      curves.element,
    ),
    make('div', { class: 'of-sweep' }, dom.stages.sweep.element, dom.sweep.element),
    make('details', {}, make('summary', {}, 'Log'), dom.log),
  );
  return dom;
}

function buttons(trigger) {
  const button = (text, name, title = null) =>
    make('button', { type: 'button', class: 'tool', title, onclick: () => trigger(name) }, text);
  return {
    cancel: button('Cancel', 'cancel'),
    resume: button('Resume', 'resume'),
    duplicate: button('Duplicate', 'duplicate', 'Fills the form with the settings of this run'),
  };
}

const head = dom =>
  make(
    'header',
    {},
    make('div', {}, make('div', { class: 'run-title' }, dom.title, dom.badge), dom.id),
    make('div', { class: 'tools' }, dom.cancel, dom.resume, dom.duplicate),
  );

const empty = () =>
  make(
    'div',
    { class: 'card', hidden: true },
    make('h2', {}, 'No run yet'),
    make(
      'p',
      { class: 'hint' },
      'Start makes a small set, trains students on it and scores them on images they have never ' +
        'seen. It goes on if you close this page.',
    ),
  );
