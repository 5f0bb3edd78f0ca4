// What stands in the place of the map until there is one: progress, a reason, or what to do.

import { ask, make } from './page.js';
import { makeStages } from './stages.js';

export const ALIVE = ['starting', 'queued', 'running'];
const BUSY_SECONDS = 0.6;
const IDLE_SECONDS = 2;

/**
 * Follows the preparation that `config` ({ data, bundle, n_prototypes }) names. Calls
 * opened(answer) on each look that finds a map; answer.key changes when the map does.
 */
export function watchPreparation(notice, trigger, opened) {
  const title = make('h2');
  const sentence = make('p', { class: 'hint' });
  const stages = makeStages(['embed', 'prototypes', 'map']);
  const cancel = button('Cancel', () => trigger('cancel'));
  const again = button('Try again', () => trigger('again'));
  const card = make('div', { class: 'card' }, title, sentence, stages.element, cancel, again);
  notice.append(card);
  let own = 0;

  function show(heading, text, { status = null, canCancel = false, canRetry = false } = {}) {
    title.textContent = heading;
    sentence.textContent = text;
    sentence.hidden = !text;
    stages.element.hidden = !status;
    if (status) stages.update(status);
    cancel.hidden = !canCancel;
    again.hidden = !canRetry;
    notice.hidden = false;
  }

  function tell(answer, config) {
    const { key, status, name } = answer;
    const isAlive = ALIVE.includes(status?.state);
    notice.hidden = Boolean(key);
    if (key) opened(answer);
    else if (isAlive) show(`Preparing ${name}`, answer.advice, { status, canCancel: true });
    else if (!status) show(`${name} is not prepared`, `Press Prepare to find ${config.n_prototypes} prototypes in it.`);
    else if (status.state === 'cancelled') show('Cancelled', 'What was done so far is kept.', { canRetry: true });
    else show('The preparation stopped', status.text, { canRetry: true });
    return isAlive;
  }

  async function follow(config, mine) {
    let isAlive = false;
    try {
      const answer = await ask(`/preparation?${new URLSearchParams(config)}`);
      if (mine !== own) return;
      isAlive = tell(answer, config);
      if (answer.key && !isAlive) return;
    } catch (error) {
      if (mine !== own) return;
      show('No map', error.message);
    }
    setTimeout(() => mine === own && follow(config, mine), 1000 * (isAlive ? BUSY_SECONDS : IDLE_SECONDS));
  }

  return {
    watch: config => follow(config, ++own),
    fail(message) {
      own++;
      show('The map cannot be shown', message);
    },
  };
}

const button = (text, does) => make('button', { type: 'button', class: 'tool', onclick: does }, text);
