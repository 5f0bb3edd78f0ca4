// What a run would cost, from rates measured on this machine or, roughly, on another; it stands under the form's button and
// keeps its height, so that nothing jumps while fields change.
// props.value = { seconds, memory, parts: [{ stage, label, seconds, is_rough, why }] } or { problem }

import { duration, roughly, sized } from '../common/numbers.js';
import { make } from '../common/page.js';

const SETTLED = 600; // milliseconds until a problem is told: other fields may follow a field yet

export function mount(element, props, trigger, watch) {
  const view = element.querySelector('.estimate-view');
  const sum = make('p', { class: 'estimate-sum', role: 'status' }, 'Estimating …');
  const parts = make('ul');
  view.append(sum, parts);

  function show(value) {
    if (!value || !(value.parts || value.problem)) return;
    sum.classList.toggle('is-problem', Boolean(value.problem));
    sum.textContent = value.problem || summed(value);
    parts.replaceChildren(...(value.parts ?? []).map(line));
  }

  let later = 0;
  watch('value', () => {
    clearTimeout(later);
    const { value } = props;
    if (value?.problem) later = setTimeout(show, SETTLED, value);
    else show(value);
  });
  show(props.value);
}

function summed({ seconds, memory, parts }) {
  const time = timed(seconds, parts);
  return memory === null ? time : `${time} · memory: about ${sized(memory)}`;
}

function timed(seconds, parts) {
  const rough = parts.some(part => part.is_rough) ? ' (rough: not measured here yet)' : '';
  if (seconds !== null) return `Time: ${roughly(seconds)}${rough}`;
  const least = parts.reduce((sum, part) => sum + (part.seconds ?? 0), 0);
  if (!least) return 'Time: known after a first run';
  return `Time: at least ${duration(least)}${rough}; the rest (?) is known after a first run`;
}

const line = ({ label, seconds, why, is_rough: isRough }) =>
  make(
    'li',
    {},
    make('span', {}, label),
    make(
      'span',
      { class: 'figure' },
      seconds === null ? '?' : `${isRough ? '~ ' : ''}${duration(seconds)}`,
    ),
    make('span', { class: 'why', title: why }, why),
  );
