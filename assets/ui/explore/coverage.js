// Which images of train a finished set, or the prototypes as they are, come near to, and the regions
// where none does: on the map by colour, as a list whose lines select the rows of a region, and as
// places for one prototype more.

import { edit } from '../common/editing.js';
import { fetchColumn, giveColumns } from '../common/columns.js';
import { whileListed } from '../common/lists.js';
import { count, fixed } from '../common/numbers.js';
import { address, ask, lastSaid, listen, make, say, whenMade } from '../common/page.js';
import { addPoint, fetchCaptions, rowsOf } from '../common/rowset.js';
import { headAmong } from '../common/run.js';

const DISTANCE = 'to_set';
const HOLE = 'hole';

export function mount(element) {
  const dom = build(element.querySelector('.coverage-view'));
  const now = { about: null, asking: null, columns: null };
  const colours = borrowColours();

  async function open(about) {
    const wanted = dom.by.value;
    Object.assign(now, { about, columns: null });
    show(dom, null);
    try {
      const all = await ask(`/prepared/${about.key}/coverage/by`);
      if (about !== now.about) return;
      dom.by.replaceChildren(...optionsOf(all));
      dom.by.value = all.some(({ id }) => id === wanted) ? wanted : '';
      await look();
    } catch (error) {
      tell(error);
    }
  }

  async function look() {
    now.asking?.abort();
    const { signal } = (now.asking = new AbortController());
    const { about } = now;
    const [path, asked] = [`/prepared/${about.key}/coverage`, `run=${dom.by.value}`];
    try {
      const made = await whenMade(signal, {
        look: () => ask(`${path}?${asked}`, signal),
        tell: found => (dom.said.textContent = found.making?.text || 'Looking for holes'),
        isThere: found => found.is_there,
        begin: () => ask(`${path}?${asked}`, signal, { method: 'POST' }),
      });
      if (made) offer(about, made, at => `${path}/${at}.bin?${asked}`);
    } catch (error) {
      tell(error);
    }
  }

  /** Shows what was found, and gives its columns to the map and the filters. */
  function offer(about, found, pathOf) {
    now.columns = columnsOf(found.of, dom.by.selectedOptions[0].textContent, pathOf);
    giveColumns(about.key, now.columns);
    if (lastSaid('list') === 'coverage') colours.borrow(); // it may have been closed meanwhile
    const rowsIn = number => rowsOfHole(about, now.columns[1], number);
    show(dom, found, about, {
      select: async n => say('rows', { key: about.key, set: await rowsIn(n), from: 'coverage' }),
      add: async n => edit({ kind: 'add', rows: [...rowsOf(await rowsIn(n))] }),
    });
  }

  const tell = ({ name, message }) => name !== 'AbortError' && (dom.said.textContent = message);
  dom.by.onchange = look;
  listen('list', name => {
    if (name !== 'coverage') return (now.asking?.abort(), colours.giveBack());
    if (now.about && now.about === lastSaid('open')) (now.columns ? colours.borrow : look)();
  });
  whileListed('coverage', open);
}

/** What the map and the filters call it; pathOf(name) says where its cells are. */
function columnsOf(of, by, pathOf) {
  const shared = { of, per: 'image', group: 'pairs', is_there: true };
  return [
    {
      ...shared,
      name: DISTANCE,
      title: 'Distance to the set',
      kind: 'number',
      meaning: `1 − cosine of an image and the nearest of ${by}.`,
      path: pathOf('distance'),
    },
    {
      ...shared,
      name: HOLE,
      title: 'Hole',
      kind: 'words',
      meaning: `Regions of images that ${by} are not near to.`,
      path: pathOf('hole'),
    },
  ];
}

/** A byte per row: 1 for those of the images in a hole. */
async function rowsOfHole(about, column, number) {
  const [{ values }, first] = await Promise.all([
    fetchColumn(about.key, column),
    fetchCaptions(about.key),
  ]);
  const set = new Uint8Array(about.n_captions);
  values.forEach((hole, i) => hole === number && addPoint(set, first, 'image', i));
  return set;
}

/** Colours the map by the distance to the set while the list is unfolded, then as it was. */
function borrowColours() {
  const own = `column:${DISTANCE}`;
  let before = null;
  const isOurs = name => name === own || name === `column:${HOLE}`;
  return {
    borrow() {
      const is = lastSaid('coloured');
      if (!isOurs(is)) before = is;
      if (!isOurs(is)) say('colour-by', own);
    },
    giveBack() {
      if (before && isOurs(lastSaid('coloured'))) say('colour-by', before);
    },
  };
}

const optionsOf = sets => [
  make('option', { value: '' }, 'the prototypes as they are'),
  ...sets.map(run => make('option', { value: run.id }, headAmong(run, sets))),
];

function build(view) {
  const by = make('select', { class: 'tool', 'aria-label': 'Covered by' });
  const form = make(
    'div',
    { class: 'failure-form' },
    make('label', { class: 'failure-field' }, make('span', {}, 'Covered by'), by),
  );
  const told = make('p', { class: 'coverage-told', hidden: true });
  const said = make('p', { class: 'hint', role: 'status' });
  const holes = make('ol', { class: 'found holes', 'aria-label': 'Holes', hidden: true });
  view.append(form, told, said, holes);
  return { by, told, said, holes };
}

/** Shows what was found, or nothing yet. */
function show(dom, found, about = null, acts = null) {
  dom.told.hidden = !found;
  dom.holes.hidden = !found?.holes.length;
  if (!found) {
    dom.said.textContent = 'Looking which sets there are';
    return;
  }
  const percent = share => make('strong', {}, `${(100 * share).toFixed(1)} %`);
  dom.told.replaceChildren(
    percent(found.covered),
    ` of ${count(about.n_images)} images are covered, `,
    percent(found.covered_rare),
    ' of the rarest tenth. ',
    found.holes.length
      ? `The ${count(found.n_bare)} others lie in ${count(found.holes.length)} holes, ` +
          'those where most is missing first.'
      : 'There is no hole.',
  );
  dom.said.textContent = found.note;
  dom.holes.replaceChildren(...found.holes.map((each, number) => line(about, each, number, acts)));
}

function line({ key }, { n, words, distance, image, caption, added }, number, { select, add }) {
  const title = `A hole of ${count(n)} ${n === 1 ? 'image' : 'images'}`;
  const row = make(
    'button',
    {
      type: 'button',
      class: 'found-row',
      title: 'Selects its rows',
      onclick: () => select(number),
    },
    make('img', {
      src: address(`/prepared/${key}/images/${image}.webp`),
      alt: '',
      loading: 'lazy',
      width: 44,
      height: 44,
    }),
    make(
      'span',
      { class: 'text' },
      make('strong', {}, title),
      words ? `: ${words}. ` : '. ',
      make('span', { class: 'hint' }, `In its middle: ${caption}`),
    ),
    make(
      'span',
      { class: 'figure', title: 'Mean distance to the nearest pair' },
      fixed(distance, 3),
    ),
  );
  const draw = make(
    'button',
    {
      type: 'button',
      class: 'tool is-small of-captions',
      'aria-label': `Add a prototype here: hole ${number + 1}`,
      title: 'One more prototype, the mean of its rows, with the caption nearest to it',
      onclick: () => add(number),
    },
    'Add a prototype here',
  );
  const mark = make('span', { class: 'hint' }, `Prototype ${added + 1} was added here`);
  return make('li', {}, row, added === null ? draw : mark);
}
