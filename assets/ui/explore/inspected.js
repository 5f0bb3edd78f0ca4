// Below the fields, before Prepare is pressed: what was found in the data that are named, as one
// line that unfolds. props.value = { data }

import { copyBy } from '../common/copying.js';
import { ask, make } from '../common/page.js';

const AGAIN = 1000; // milliseconds until an opening that goes on is asked for again

export function mount(element, props, trigger, watch) {
  const view = element.querySelector('.inspected-view');
  let asking = new AbortController();
  let going = ''; // the data that are being opened for this page

  async function follow() {
    asking.abort();
    if (going) end(going);
    const mine = (asking = new AbortController());
    const data = String(props.value?.data || '').trim();
    view.replaceChildren();
    going = data;
    for (let again = true; ; again = false) {
      const found = await ask(`/inspection?${new URLSearchParams({ data, again })}`, mine.signal);
      if (mine.signal.aborted) return;
      going = found.is_done ? '' : data;
      const cancel = () => {
        mine.abort();
        end(data);
      };
      view.replaceChildren(...told(found, data, cancel));
      if (found.is_done) return;
      await new Promise(done => setTimeout(done, AGAIN));
      if (mine.signal.aborted) return;
    }
  }

  function end(data) {
    going = '';
    view.replaceChildren();
    const about = `/inspection/end?${new URLSearchParams({ data })}`;
    ask(about, null, { method: 'POST' }).catch(() => {}); // it ends by itself, later
  }

  const start = () =>
    follow().catch(error => {
      if (error.name !== 'AbortError') view.replaceChildren(problem(error.message));
    });
  watch('value', start);
  if (props.value?.data) start();
}

/**
 * @param {Wire.Inspected} found
 * @param {string} data
 * @param {() => void} cancel
 */
function told(found, data, cancel) {
  if (!found.is_done)
    return [
      make('span', { role: 'status' }, `Opening ${data} …`),
      make('button', { type: 'button', class: 'tool is-small', onclick: cancel }, 'Cancel'),
    ];
  if (found.problem) return [problem(found.problem)];
  if (!found.line) return [];
  return [make('details', {}, make('summary', {}, found.line), ...more(found))];
}

const problem = text => make('p', { class: 'remark', role: 'status' }, text);

/** @param {Wire.Inspected} found */
const more = ({ more: sentences, first, convert }) => [
  ...sentences.map(text => make('p', {}, text)),
  make(
    'table',
    {},
    make('caption', {}, 'The first rows of train'),
    ...first.map(({ image, says }) =>
      make('tr', {}, make('th', { scope: 'row' }, image), make('td', {}, says.join(' | '))),
    ),
  ),
  ...(convert ? [cleanCopy(convert)] : []),
];

/** The command that writes the data as the program reads them, and a button that copies it. */
function cleanCopy(command) {
  const code = make('code', {}, command);
  const button = make('button', { type: 'button', class: 'tool is-small' }, 'Copy');
  button.onclick = () =>
    copyBy(button, command).catch(() => getSelection().selectAllChildren(code));
  return make('p', {}, 'A clean copy, as the program reads it: ', code, ' ', button);
}
