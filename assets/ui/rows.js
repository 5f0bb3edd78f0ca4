// The selected rows: pictures with their captions, and files of them to take away.

import { address, ask, count, fixed, listen, make, openTab, say } from './page.js';
import { rowsOf } from './rowset.js';
import { saveBlob } from './saving.js';

const AT_ONCE = 60;
const LISTED = ['search', 'neighbours']; // what they found stands beside the map already

export function mount(element) {
  const view = element.querySelector('.rows-view');
  let [key, rows, asked] = [null, new Int32Array(0), 0];
  const title = make('h2');
  const hint = make('p', { class: 'hint' }, 'Draw around points with Lasso or Box, or click one with Shift.');
  const problem = make('p', { class: 'problem', role: 'alert', hidden: true });
  const list = make('ul', { class: 'row-cards' });
  const more = make('button', { type: 'button', class: 'tool', onclick: () => fill(true) }, 'Show more');
  const save = kind => make('button', { type: 'button', class: 'tool', onclick: () => download(kind) }, `Export ${kind.toUpperCase()}`);
  const clear = make('button', {
    type: 'button', class: 'tool', 'aria-label': 'Clear the selected rows',
    onclick: () => say('rows', { key, set: null, from: 'rows' }),
  }, 'Clear');
  const distill = (text, leaveOut, title) =>
    make('button', { type: 'button', class: 'tool', title, onclick: () => keep(leaveOut) }, text);
  const tools = make('div', { class: 'tools' }, [
    distill('Distill only these', false, 'Opens Distill with the selected rows alone'),
    distill('Leave these out', true, 'Opens Distill with all rows but the selected ones'),
    save('csv'), save('json'), clear,
  ]);
  view.append(make('section', { 'aria-label': 'Selected rows' },
    make('header', {}, title, tools), hint, problem, list, more));

  listen('open', () => show({ key: null, set: null }));
  listen('rows', show);
  show({ key: null, set: null });

  function show({ key: of, set, from }) {
    asked++;
    [key, rows] = [of, set ? rowsOf(set) : new Int32Array(0)];
    tools.hidden = !rows.length;
    hint.hidden = Boolean(rows.length);
    problem.hidden = true;
    title.textContent = `${rows.length ? count(rows.length) : 'No'} ${rows.length === 1 ? 'row' : 'rows'} selected`;
    list.replaceChildren();
    const isListed = LISTED.includes(from);
    more.hidden = !(rows.length && isListed);
    more.textContent = 'Show pictures';
    if (rows.length && !isListed) fill();
  }

  async function fill(isAsked) {
    const [own, shown] = [asked, list.children.length];
    const wanted = rows.subarray(shown, shown + AT_ONCE);
    more.hidden = true;
    try {
      const cards = await ask(`/prepared/${key}/rows?which=${wanted.join()}`);
      if (own !== asked) return;
      list.append(...cards.map(card));
      more.hidden = list.children.length >= rows.length;
      more.textContent = `Show more (${count(rows.length - list.children.length)} left)`;
      if (isAsked) list.children[shown].querySelector('button').focus({ preventScroll: true });
    } catch (error) {
      if (own === asked) fail(error);
    }
  }

  function card({ row, picture, caption, prototype, similarity }) {
    const owner = prototype === null ? 'in no prototype' : `prototype ${prototype}`;
    return make('li', {},
      make('button', { type: 'button', class: 'row-card', onclick: () => say('choose-row', { row }) },
        make('img', { src: address(`/prepared/${key}/pictures/${picture}.webp`), alt: '', loading: 'lazy' }),
        make('span', {}, caption),
        make('span', { class: 'hint figure' }, `${fixed(similarity)} · ${owner}`)));
  }

  const posted = () => ({ method: 'POST', body: rows, headers: { 'Content-Type': 'application/octet-stream' } });

  async function keep(leaveOut) {
    problem.hidden = true;
    try {
      say('subset', await ask(`/prepared/${key}/subsets?leave_out=${leaveOut}`, undefined, posted()));
      openTab('Distill');
    } catch (error) {
      fail(error);
    }
  }

  async function download(kind) {
    problem.hidden = true;
    try {
      const answer = await fetch(address(`/prepared/${key}/rows.${kind}`), posted());
      if (!answer.ok) throw new Error(`The rows could not be exported (${answer.status}).`);
      saveBlob(`rows.${kind}`, await answer.blob());
    } catch (error) {
      fail(error);
    }
  }

  function fail(error) {
    problem.textContent = error.message;
    problem.hidden = false;
  }
}
