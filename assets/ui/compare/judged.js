// What a referee says of sets: how far it is, and once it is done gains over chance, as figure and table.

import { make, watchTheme } from '../common/page.js';
import { OPTIONS, colourAt, fetchPlotly, layout } from '../common/plot.js';
import { badge, isGoing, STATES, when } from '../common/run.js';
import { figureTools, tableLinks } from '../common/saving.js';
import { headline, withInterval } from '../common/scores.js';
import { makeTable } from '../common/table.js';
import { removal } from './runcells.js';

const ROW = 24; // pixels that a set takes in the figure
const NONE = '–'; // in a cell of what was not asked for

/** @param {Wire.About} about of the runs beside it */
export function makeJudged(about, does) {
  const element = make(
    'section',
    { class: 'judged', hidden: true, 'aria-label': 'What a referee found' },
    make('h3', {}, 'Referee'),
  );
  const views = new Map(); // by id
  let isAwaited = false; // by somebody who asked for one

  /** Shows all; one that was asked for here comes into sight.
   * @param {Wire.Judgement[]} judgements newest first
   */
  function show(judgements) {
    element.hidden = judgements.length === 0;
    for (const [id, view] of views)
      if (!judgements.some(each => each.id === id)) {
        view.element.remove();
        views.delete(id);
      }
    for (const each of judgements.toReversed()) {
      if (!views.has(each.id)) {
        views.set(each.id, makeJudgement(about, each.id === judgements[0].id, does));
        element.firstChild.after(views.get(each.id).element);
        if (isAwaited) views.get(each.id).element.scrollIntoView({ block: 'center' });
        isAwaited = false;
      }
      views.get(each.id).show(each);
    }
  }

  return { element, show, await: () => (isAwaited = true) };
}

function makeJudgement(about, open, does) {
  const [state, title] = [make('span'), make('span')];
  const how = make('p', { class: 'hint' });
  const ended = make('p', { class: 'hint' });
  const body = make('div', { class: 'judgement-found' });
  const tools = make('div', { class: 'tools' });
  const element = make(
    'details',
    { class: 'judgement', open },
    make('summary', {}, title, ' ', state),
    how,
    ended,
    body,
    tools,
  );
  let seen = {}; // of what buttons and findings were made for

  /** @param {Wire.Judgement} judgement */
  function show(judgement) {
    const { id, status, sets, lines } = judgement;
    title.textContent = `${sets.join(', ') || 'Sets that were deleted'} – ${when(id)}`;
    badge(state, status.state);
    how.textContent = explained(about, judgement);
    ended.textContent = status.state === 'done' ? '' : status.text;
    if (status.state !== seen.state) tools.replaceChildren(...buttons(judgement, does));
    const text = JSON.stringify(lines);
    if (text !== seen.text) body.replaceChildren(...(lines.length ? found(about, judgement) : []));
    seen = { state: status.state, text };
  }

  return { element, show };
}

/** @param {Wire.Judgement} judgement */
const explained = (about, { students, plan }) =>
  `${headline(about).label} in percent on test, ${students}. Over chance: as kept, less ${plan.n_random} ` +
  `random ${plan.n_random === 1 ? 'set' : 'sets'} of each size; p after Holm's correction for all rows. ± is half of the 95 % interval.` +
  (plan.whole ? ' To all: what students of all of the data have more.' : '');

function buttons(judgement, { remove, cancel, resume }) {
  const { id, status } = judgement;
  const tool = (text, onclick) =>
    make('button', { type: 'button', class: 'tool is-small', onclick }, text);
  if (isGoing(status.state)) return [tool('Cancel', () => cancel(id))];
  return [
    STATES[status.state]?.canResume && tool('Resume', () => resume(id)),
    ...(status.state === 'done' ? tableLinks(id, 'referee', 'tool is-small') : []),
    removal({ id, state: status.state }, remove),
  ].filter(Boolean);
}

/** @param {Wire.Judgement} judgement */
function found(about, { head, lines, gains }) {
  const isNone = at => lines.every(line => line[at] === NONE);
  const isNumber = at => lines.every(line => line[at] === NONE || numberIn(line[at]) !== null);
  const columns = head
    .map((name, at) => ({
      title: upperFirst(name),
      isNumber: isNumber(at),
      isNone: isNone(at),
      value: line => (isNumber(at) ? numberIn(line[at]) : line[at]),
      text: line => line[at],
    }))
    .filter(column => !column.isNone);
  const table = makeTable(columns, { label: 'What the referee found', idOf: line => line.join() });
  table.show(lines);
  return [makeGains(about, gains), table.element];
}

/** A title over a column; a sign such as p stays small. */
const upperFirst = name => (name[1] === ' ' ? name : name[0].toUpperCase() + name.slice(1));

/** A name in a figure, in which marks would have a meaning. */
const plain = name => name.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** The number that a text begins with, null where there is none. */
function numberIn(text) {
  const number = Number.parseFloat(text.replaceAll(',', ''));
  return Number.isNaN(number) ? null : number;
}

/** Gains over chance with their intervals, a line per set and a colour per network.
 * @param {Wire.Gain[]} gains
 */
function makeGains(about, gains) {
  const plot = make('div', { class: 'chart-plot' });
  const element = make(
    'figure',
    { class: 'chart' },
    make(
      'figcaption',
      {},
      `${headline(about).label}, gained over random sets`,
      figureTools(plot, () => 'gains-over-chance'),
    ),
    plot,
  );
  const sets = [...new Set(gains.map(({ set }) => set))].toReversed(); // the first on top
  const networks = [...new Set(gains.map(({ network }) => network))];

  async function draw() {
    const plotly = await fetchPlotly().catch(() => null);
    if (!plotly || !element.isConnected) return;
    const height = 90 + ROW * sets.length * Math.max(1, networks.length / 2);
    const look = layout({ across: `Gain in ${headline(about).unit}`, up: '', height });
    Object.assign(look.xaxis, { zeroline: true, zerolinecolor: look.modebar.color });
    Object.assign(look.yaxis, { tickvals: sets.map((_, at) => at), ticktext: sets.map(plain) });
    const traces = networks.map((network, at) =>
      ofNetwork(gains, sets, network, at, networks.length),
    );
    plotly.react(plot, traces, look, OPTIONS);
  }

  new ResizeObserver(draw).observe(element);
  watchTheme(element, draw);
  return element;
}

function ofNetwork(gains, sets, network, at, n) {
  const own = gains.filter(each => each.network === network);
  const aside = n > 1 ? 0.25 - (0.5 * at) / (n - 1) : 0;
  return {
    name: network,
    type: 'scatter',
    mode: 'markers',
    marker: { size: 7, color: colourAt(at) },
    x: own.map(({ over_chance: gain }) => gain[0]),
    y: own.map(({ set }) => sets.indexOf(set) + aside),
    error_x: {
      type: 'data',
      array: own.map(({ over_chance: gain }) => gain[1]),
      color: colourAt(at),
      thickness: 1.2,
      width: 4,
    },
    customdata: own.map(({ set, p, over_chance: gain }) => [
      plain(set),
      withInterval(gain),
      p === null ? '' : `, p ${p.toFixed(3)}`,
    ]),
    hovertemplate: `%{customdata[0]}: %{customdata[1]}%{customdata[2]}<extra>${network}</extra>`,
  };
}
