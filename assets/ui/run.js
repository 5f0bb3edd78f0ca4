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

export const title = config =>
  `${dataName(config)} · ${config.method} · ${config.prototypes.n_prototypes} pairs`;

/** When a run was asked for, from its id: "20261120-195536-123-ab12", in local time. */
export function startedAt(id) {
  const [, y, mo, d, h, mi, s] = id.match(/^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)/) || [];
  return y ? new Date(Date.UTC(y, mo - 1, d, h, mi, s)) : null;
}
