// What stands in the place of the map until there is one: progress, a reason, or what to do.

import { ask, make, say } from '../common/page.js';
import { isGoing } from '../common/run.js';
import { makeStages } from '../common/stages.js';

const BUSY_SECONDS = 0.6;
const IDLE_SECONDS = 2;

/**
 * Follows the preparation that `config` ({ data, bundle, n_prototypes }) names. Calls
 * opened(answer) on each look that finds a map; answer.key changes when the map does. From one that
 * ends without a map, goBack(config) leads to the map before.
 */
export function watchPreparation(notice, trigger, opened, goBack) {
  let last = null; // of which a map was found
  const show = makeCard(notice, trigger, () => goBack(last));
  let own = 0;

  async function follow(config, mine) {
    let isAlive = false;
    try {
      const answer = await ask(`/preparation?${new URLSearchParams(config)}`);
      if (mine !== own) return;
      isAlive = isGoing(answer.status?.state);
      notice.hidden = Boolean(answer.key);
      if (answer.key) {
        last = config;
        opened(answer);
      } else {
        show(...told(answer, config, isAlive, Boolean(last)));
        if (!isAlive) say('unprepared');
      }
      if (answer.key && !isAlive) return;
    } catch (error) {
      if (mine !== own) return;
      show('No map', error.message, { canReturn: Boolean(last) });
      if (!last) say('unprepared');
    }
    setTimeout(
      () => mine === own && follow(config, mine),
      1000 * (isAlive ? BUSY_SECONDS : IDLE_SECONDS),
    );
  }

  return {
    watch: config => follow(config, ++own),
    fail(message) {
      own++;
      show('The map cannot be shown', message);
    },
  };
}

/** What the card shows while there is no map: a heading, a text, and what else. */
export function told({ status, name, advice, stages }, config, isAlive, canReturn) {
  if (isAlive) return [`Preparing ${name}`, advice, { status, told: stages, canCancel: true }];
  const isGone = status?.state === 'done'; // and yet there is no map
  const why = 'What was prepared before was deleted, or made by another version of the program. ';
  if (!status || isGone)
    return [
      `${name} is not prepared`,
      `${isGone ? why : ''}Press Prepare to find ${config.n_prototypes} prototypes in it.`,
      { canReturn },
    ];
  const then = { canRetry: true, canReturn };
  if (status.state === 'cancelled') return ['Cancelled', 'What was done so far is kept.', then];
  return ['The preparation stopped', status.text, then];
}

/** Adds a card to `notice`; returns what shows something on it. */
function makeCard(notice, trigger, goBack) {
  const title = make('h2');
  const sentence = make('p', { class: 'hint' });
  const stages = makeStages();
  const cancel = button('Cancel', () => trigger('cancel'));
  const again = button('Try again', () => trigger('again'));
  const back = button('Back to the map', goBack);
  const card = make('div', { class: 'card' }, title, sentence, stages.element, cancel, again, back);

  return (
    heading,
    text,
    {
      status = null,
      told: names = [],
      canCancel = false,
      canRetry = false,
      canReturn = false,
    } = {},
  ) => {
    notice.replaceChildren(card);
    title.textContent = heading;
    sentence.textContent = text;
    sentence.hidden = !text;
    stages.element.hidden = !status;
    if (status) stages.update(status, names);
    cancel.hidden = !canCancel;
    again.hidden = !canRetry;
    back.hidden = !canReturn;
    notice.hidden = false;
  };
}

const button = (text, does) =>
  make('button', { type: 'button', class: 'tool', onclick: does }, text);
