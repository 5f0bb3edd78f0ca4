// How a run is called and what its state looks like, the same in every view.

/** States as explorer/pipeline/rundir.py names them. */
export const STATES = {
  starting: { text: 'Starting', kind: 'is-busy' },
  queued: { text: 'Waiting', kind: 'is-busy' },
  running: { text: 'Running', kind: 'is-busy' },
  done: { text: 'Done', kind: 'is-good' },
  cancelled: { text: 'Cancelled', kind: 'is-still', canResume: true },
  failed: { text: 'Failed', kind: 'is-bad', canResume: true },
  crashed: { text: 'Crashed', kind: 'is-bad', canResume: true },
};

export function badge(element, state) {
  const { text, kind } = STATES[state] || { text: state, kind: 'is-still' };
  element.textContent = text;
  element.className = `state ${kind}`;
}

export const dataName = ({ data }) =>
  data === 'scenes' ? 'Scenes' : data.replace(/\/+$/, '').split('/').pop();

export const methodOf = ({ kind, config, sweep }) =>
  kind === 'sweep' ? sweep.methods.join(', ') : config.method;

const GROWTH = { split: 1, drop: -1, merge: -1 }; // pairs that edits add to a set
const grown = (edits = []) => edits.reduce((sum, { kind }) => sum + (GROWTH[kind] || 0), 0);

/** How many pairs a run has made; until then, how many it was asked for. */
export function pairsOf({ kind, config, sweep, result }) {
  if (kind === 'sweep') return sweep.n_pairs.join(', ');
  if (result?.n_pairs) return result.n_pairs;
  return config.method === 'all' ? 'all' : config.prototypes.n_prototypes + grown(config.edits);
}

const edited = ({ edits = [] }) => (edits.length ? ` · ${edits.length} ${edits.length === 1 ? 'edit' : 'edits'}` : '');

export function title(run) {
  if (run.kind === 'prepare') return `Preparing ${dataName(run.config)}`;
  const what = `${methodOf(run)} · ${pairsOf(run)} pairs${edited(run.config)}`;
  return `${dataName(run.config)} · ${run.kind === 'sweep' ? 'sweep of ' : ''}${what}`;
}

/** What a person called a run, or else what it is; several may have been started in one minute. */
export const headOf = run => run.label.name || title(run);

/** What a person called a run, or else when it started. */
export const nameOf = ({ id, label }) => label.name || when(id);

export function when(id) {
  const started = startedAt(id);
  return started
    ? started.toLocaleString(undefined, { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' })
    : id;
}

/** When a run was asked for, from its id: "20261120-195536-123-ab12", in local time. */
export function startedAt(id) {
  const [, y, mo, d, h, mi, s] = id.match(/^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)/) || [];
  return y ? new Date(Date.UTC(y, mo - 1, d, h, mi, s)) : null;
}
