// What a run would cost, from rates measured on this machine; it stands under the form's button and
// keeps its height, so that nothing jumps while fields change.
// props.value = { seconds, memory, parts: [{ stage, label, seconds, why }] } or { problem }

import { duration, sized } from '../common/numbers.js';
import { make } from '../common/page.js';

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

  watch('value', () => show(props.value));
  show(props.value);
}

function summed({ seconds, memory }) {
  const time =
    seconds === null ? 'Time: not known before a first run' : `Time: about ${duration(seconds)}`;
  return memory === null ? time : `${time} · memory: about ${sized(memory)}`;
}

const line = ({ label, seconds, why }) =>
  make(
    'li',
    {},
    make('span', {}, label),
    make('span', { class: 'figure' }, seconds === null ? '?' : duration(seconds)),
    make('span', { class: 'why', title: why }, why),
  );
