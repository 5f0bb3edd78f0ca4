// How a run is called and what its state looks like, the same in every view.

import { count } from './numbers.js';

/** States as explorer/runs/directory.py names them. */
export const STATES =
  /** @type {Record<string, { text: string, kind: string, canResume?: boolean }>} */ ({
    starting: { text: 'Starting', kind: 'is-busy' },
    waiting: { text: 'For a worker', kind: 'is-busy' },
    queued: { text: 'Waiting', kind: 'is-busy' },
    running: { text: 'Running', kind: 'is-busy' },
    done: { text: 'Done', kind: 'is-good' },
    cancelled: { text: 'Cancelled', kind: 'is-still', canResume: true },
    failed: { text: 'Failed', kind: 'is-bad', canResume: true },
    crashed: { text: 'Crashed', kind: 'is-bad', canResume: true },
  });

/** Whether a run in this state goes, or will.
 * @param {string | undefined} state
 */
export const isGoing = state => kindOf(state) === 'is-busy';

/** Whether it ended otherwise than it should.
 * @param {string | undefined} state
 */
export const isBad = state => kindOf(state) === 'is-bad';

/** @param {string | undefined} state */
const kindOf = state => STATES[state ?? '']?.kind;

/**
 * @param {HTMLElement} element
 * @param {string} state
 */
export function badge(element, state) {
  const { text, kind } = STATES[state] || { text: state, kind: 'is-still' };
  element.textContent = text;
  element.className = `state ${kind}`;
}

/** How much of a run is done, its steps weighed by what they were expected to take; null where it has
 * several and nobody knew.
 * @param {Pick<Wire.QueuedRun, 'about' | 'status' | 'expected'>} run
 */
export function shareDone({ about: { stages }, status: { stage, share }, expected }) {
  if (stages.length === 1) return share;
  const weights = stages.map(({ name }) => expected[name] ?? 0);
  const sum = (/** @type {number[]} */ some) => some.reduce((all, each) => all + each, 0);
  const at = stepOf(stages, stage);
  return sum(weights) ? (sum(weights.slice(0, at)) + share * weights[at]) / sum(weights) : null;
}

/** Which of its stages a run is at, counted from 0.
 * @param {Wire.QueuedRun['about']['stages']} stages
 * @param {string} stage
 */
export const stepOf = (stages, stage) =>
  Math.max(
    0,
    stages.findIndex(({ name }) => name === stage),
  );

/** @param {{ data: string }} config */
export const dataName = ({ data }) =>
  data === 'scenes' ? 'Scenes' : data.replace(/\/+$/, '').split('/').pop();

const MANY_WAYS = 4; // of one method, from which on they are counted instead of listed

/** @param {Pick<Wire.RunName, 'kind' | 'config' | 'sweep'>} run */
export const methodOf = ({ kind, config, sweep }) =>
  kind === 'sweep' ? listed(sweep.methods) : config.method;

/** @param {string[]} ways such as "pds[guidance=2]" */
function listed(ways) {
  const methodIn = (/** @type {string} */ way) => way.split('[')[0];
  return [...new Set(ways.map(methodIn))]
    .flatMap(method => {
      const own = ways.filter(way => methodIn(way) === method);
      return own.length < MANY_WAYS ? own : `${method} with ${own.length} choices of settings`;
    })
    .join(', ');
}

/** What people did by hand to what is distilled: " · 2 edits", or nothing.
 * @param {Wire.Config} config
 */
const byHand = ({ edits = [], subset }) =>
  (edits.length ? ` · ${edits.length} ${edits.length === 1 ? 'edit' : 'edits'}` : '') +
  (subset ? ` · subset ${subset.slice(0, 8)}` : '');

/** How a set was made: its method, and what was done by hand, so that no edited run looks clean.
 * @param {Pick<Wire.RunName, 'kind' | 'config' | 'sweep'>} run
 */
export const wayOf = run => methodOf(run) + byHand(run.config);

/** @type {Record<string, number>} */
const GROWTH = { split: 1, add: 1, drop: -1, merge: -1 }; // pairs that edits add to a set
const grown = (/** @type {Wire.Edit[]} */ edits = []) =>
  edits.reduce((sum, { kind }) => sum + (GROWTH[kind] || 0), 0);

/** How large a run's set is; until it is made, how large it was asked for.
 * @param {Wire.RunName & { result?: Wire.Result | null }} run
 */
export function sizeOf({ kind, about, config, sweep, result }) {
  if (kind === 'sweep') return sweep.n_pairs.join(', ');
  if (result?.n_pairs && !about.per_class) return result.n_pairs; // as many as came out
  return about.makes ? config.size + grown(config.edits) : 'all';
}

/** A size in words; of a set with pairs that were added by hand, how many: "100 pairs plus 1 added".
 * @param {Wire.RunName & { result?: Wire.Result | null }} run
 */
function sizeInWords(run) {
  const [size, { unit }] = [sizeOf(run), run.about];
  const added = run.kind === 'sweep' ? 0 : addedBy(run.config);
  if (!added || typeof size !== 'number') return counted(size, unit);
  return `${counted(size - added, unit)} plus ${added} added`;
}

/** @param {Wire.Config} config */
const addedBy = ({ edits = [] }) => edits.filter(({ kind }) => kind === 'add').length;

/** The seeds that a set is made from, each once; a sweep has sets of many.
 * @param {Pick<Wire.RunName, 'kind' | 'about'>} run
 */
export const seedsOf = ({ kind, about }) =>
  kind === 'sweep' ? '' : [...new Set(about.seeds)].join(', ');

/** What its seeds are of, where it has several: "Prototypes: 42. Images: 0."; else nothing.
 * @param {Pick<Wire.RunName, 'about'>} run
 */
export const seedsNamed = ({ about: { seeds, seeds_in: parts } }) =>
  seeds.length > 1 ? seeds.map((seed, at) => `${parts[at]}: ${seed}.`).join(' ') : null;

/** What the size of sets is called over a column: "Pairs".
 * @param {{ unit: string }} about
 */
export const sizeTitle = ({ unit }) => unit[0].toUpperCase() + unit.slice(1);

/** A size with its unit: "1 image per class", "20 pairs".
 * @param {number | string} size
 * @param {string} unit
 */
export const counted = (size, unit) =>
  `${typeof size === 'number' ? count(size) : size} ${String(size) === '1' ? unit.replace(/s\b/, '') : unit}`;

/** @param {Wire.RunName & { result?: Wire.Result | null }} run */
export function title(run) {
  if (run.kind === 'prepare') return `Preparing ${dataName(run.config)}`;
  if (run.kind === 'referee') return `${dataName(run.config)} · referee`;
  const what = `${methodOf(run)} · ${sizeInWords(run)}${byHand(run.config)}`;
  return `${dataName(run.config)} · ${run.kind === 'sweep' ? 'sweep of ' : ''}${what}`;
}

/** What a person called a run, or else what it is; several may have been started in one minute.
 * @param {Wire.RunName} run
 */
export const headOf = run => run.label.name || title(run);

/** The same for one of several; of those that are called alike, when it started, too.
 * @param {Wire.RunOnMap} run
 * @param {Wire.RunOnMap[]} among
 */
export function headAmong(run, among) {
  const head = headOf(run);
  const isAlone = among.every(other => other.id === run.id || headOf(other) !== head);
  return isAlone ? head : `${head}, ${when(run.id, { second: '2-digit' })}`;
}

/** What a person called a run, or else when it started.
 * @param {{ id: string, label: Wire.Label }} run
 */
export const nameOf = ({ id, label }) => label.name || when(id);

/** The moment that a run was asked for, in words.
 * @param {string} id
 * @param {Intl.DateTimeFormatOptions} [more] that it is to tell, such as seconds
 */
export function when(id, more) {
  const started = startedAt(id);
  return started
    ? started.toLocaleString(undefined, {
        month: 'short',
        day: 'numeric',
        hour: '2-digit',
        minute: '2-digit',
        ...more,
      })
    : id;
}

/** When a run was asked for, from its id: "20261120-195536-123-ab12", in local time.
 * @param {string} id
 */
export function startedAt(id) {
  const found = id.match(/^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)/);
  if (!found) return null;
  const [y, mo, d, h, mi, s] = found.slice(1).map(Number);
  return new Date(Date.UTC(y, mo - 1, d, h, mi, s));
}
