// The rail beside the map: every column of the data as a filter, cross-filtered with all others. It
// folds to a strip; on phones it is a sheet that the strip below the map opens.

import { count } from '../common/numbers.js';
import { keep, kept } from '../common/keeping.js';
import { lastSaid, listen, make, say } from '../common/page.js';
import { fetchCaptions, sizeOf } from '../common/rowset.js';
import { makeFacet } from './facet.js';
import { makeFilters } from './filters.js';
import { fetchColumns } from '../common/columns.js';
import { makeMask } from './mask.js';
import { makeMeasuring } from './measuring.js';
import { makeQueryLine } from './queryline.js';
import { readFilters, makeSharing } from './sharing.js';
import { unpackRows } from './rowtext.js';
import { makeTags } from './tags.js';

const GROUPS = [
  ['data', 'What the data say', 3],
  ['pairs', 'Pairs and prototypes', 2],
  ['images', 'Pixels', 0],
  ['files', 'Places in the data', 0],
]; // and how many columns of each are unfolded at first
const WIDE = '(min-width: 1180px)';
const FOLDED = 'explorer-rail-folded';
const SAID_MS = 600;

export function mount(element) {
  const dom = build();
  const now = { about: null, imageOf: null, mask: null, all: null, left: null };
  Object.assign(now, { facets: [], asked: 0 });
  element.querySelector('.rail-view').append(dom.strip, dom.rail);
  const tell = makeTelling(dom, now);
  const filters = makeFilters((mask, left) => {
    Object.assign(now, { mask, left });
    const kept = left ? sizeOf(left) : mask.n;
    for (const facet of now.facets) facet.update();
    tags.count(kept);
    tell(kept);
    sharing.changed();
  });
  const line = makeQueryLine(filters);
  const tags = makeTags({ left: () => now.left, n: () => now.mask.n }, () => open(now.about, true));
  dom.top.append(line.element, tags.element);
  const measuring = makeMeasuring(() => open(now.about, true));
  const sharing = makeSharing(() => linkedNow(now, line, filters));

  async function open(about, again = false) {
    const own = ++now.asked;
    const kept = now.facets.map(facet => facet.kept());
    if (!again) {
      Object.assign(now, { about, facets: [], all: makeMask(about.n_captions) });
      filters.open(about.key, about.n_captions);
    }
    try {
      const [first, found] = await Promise.all([
        fetchCaptions(about.key),
        fetchColumns(about.key, again),
      ]);
      if (own !== now.asked) return;
      now.imageOf = imagesOf(first, about.n_captions);
      showColumns(now, { dom, filters, tags, measuring }, found, again ? 'again' : 'anew', kept);
      markColoured(lastSaid('coloured'));
      line.open(
        about.key,
        found.columns.filter(({ path }) => !path),
      );
      tags.open(about.key, about.name);
      say('columns', { key: about.key, ...found });
      if (!again) await followAddress(now, line, sharing);
    } catch (error) {
      if (own === now.asked) dom.facets.replaceChildren(problem(error.message));
    }
  }

  const markColoured = name => now.facets.forEach(facet => facet.markColoured(name));
  listen('coloured', markColoured);
  listen('open', about => open(about));
  listen('given-columns', key => key === now.about?.key && open(now.about, true));
  makeFolding(dom);
  if (lastSaid('open')) open(lastSaid('open'));
}

/** What filters now, as an address holds it. */
const linkedNow = ({ facets }, line, filters) => ({
  filters: facets
    .map(facet => [facet.about.name, facet.linked()])
    .filter(([, values]) => values !== null),
  where: line.applied(),
  set: filters.selection(),
});

/** Filters as the address says, of the first dataset that is opened; from then on the address follows. */
async function followAddress(now, line, sharing) {
  const { about, facets } = now;
  if (!now.isFollowed) {
    now.isFollowed = true;
    const { filters, where, rows } = readFilters(location.search);
    const wanted = facets.filter(facet => filters.has(facet.about.name));
    await Promise.all([
      ...wanted.map(facet => facet.follow(filters.get(facet.about.name))),
      where && line.follow(where),
    ]);
    const set = unpackRows(rows, about.n_captions);
    if (set && now.about === about) say('rows', { key: about.key, set, from: 'link' });
  }
  sharing.restored();
  sharing.changed();
}

/** Shows what was found; those of the same values stay as they are where it was looked `again`. */
function showColumns(now, { dom, filters, tags, measuring }, found, how, kept) {
  const before = new Map(
    how === 'again' ? now.facets.map(facet => [nameOf(facet.about), facet]) : [],
  );
  const rows = {
    key: now.about.key,
    imageOf: now.imageOf,
    filters,
    mask: () => now.mask,
    everything: () => now.all,
  };
  const usable = found.columns.filter(each => each.is_there && each.kind !== 'text');
  now.facets = usable.map(each => before.get(nameOf(each)) || makeFacet(each, rows));
  for (const facet of before.values()) if (!now.facets.includes(facet)) facet.clear();
  tags.show(now.facets.find(({ about }) => about.name === 'tags'));
  dom.facets.replaceChildren(...groupsOf(now.facets, measuring.show(now.about.key, found)));
  unfoldSome(
    now.facets.filter(facet => !before.has(nameOf(facet.about))),
    kept,
  );
}

/** As they were where they were there before; of those that were not, the first of each group. */
export function unfoldSome(facets, kept) {
  const before = new Map(kept.map(each => [each.name, each]));
  for (const facet of facets)
    if (before.has(facet.about.name)) facet.restore(before.get(facet.about.name));
    else if (facet.about.name === 'tags') facet.unfold(true);
  for (const [group, , few] of GROUPS)
    facets
      .filter(({ about }) => about.group === group)
      .slice(0, few)
      .filter(({ about }) => !before.has(about.name))
      .forEach(facet => facet.unfold(true));
}

const nameOf = ({ name, of }) => `${name} ${of}`;

function groupsOf(facets, measuring) {
  return GROUPS.map(([group, title]) => {
    const own = facets.filter(({ about }) => about.group === group).map(facet => facet.element);
    const more = group === 'images' ? measuring : null;
    if (!own.length && !more) return null;
    return make('section', { 'aria-label': title }, make('h3', {}, title), own, more);
  }).filter(Boolean);
}

/** The image of each row. */
function imagesOf(first, nRows) {
  const imageOf = new Int32Array(nRows);
  for (let image = 0; image < first.length - 1; image++)
    imageOf.fill(image, first[image], first[image + 1]);
  return imageOf;
}

/** Says how many rows are left, to eyes at once, to ears at rest. */
function makeTelling(dom, now) {
  let waiting = 0;
  return kept => {
    const { left, mask } = now;
    const { n } = mask;
    const text = left ? `${count(kept)} of ${count(n)} rows` : `All ${count(n)} rows`;
    dom.said.textContent = text;
    dom.strip.classList.toggle('is-filtering', Boolean(left));
    clearTimeout(waiting);
    waiting = setTimeout(() => (dom.announced.textContent = left ? text : ''), SAID_MS);
  };
}

/** The rail is open or a strip; which one is remembered on wide screens. */
function makeFolding({ strip, fold, rail }) {
  const work = rail.closest('#work');
  const isWide = () => matchMedia(WIDE).matches;
  function turn(opens, isAsked = true) {
    work.dataset.rail = opens ? 'open' : 'folded';
    strip.setAttribute('aria-expanded', String(opens));
    if (!isAsked) return;
    if (isWide()) keep(FOLDED, opens ? '' : 'yes');
    (opens ? fold : strip).focus({ preventScroll: true });
    say('rail', opens);
  }
  strip.onclick = () => turn(true);
  fold.onclick = () => turn(false);
  rail.addEventListener('keydown', event => {
    if (event.key !== 'Escape' || isWide()) return;
    event.stopPropagation();
    turn(false);
  });
  listen('open-rail', opens => turn(opens ?? work.dataset.rail !== 'open'));
  turn(isWide() && !kept(FOLDED), false);
}

function build() {
  const dom = {
    strip: make(
      'button',
      { type: 'button', class: 'rail-strip', 'aria-expanded': 'false', 'aria-controls': 'columns' },
      make('span', { class: 'rail-icon', 'aria-hidden': 'true' }),
      make('span', {}, 'Filters'),
    ),
    fold: make('button', { type: 'button', class: 'fold', 'aria-label': 'Fold the filters' }, '✕'),
    said: make('span', { class: 'figure hint' }),
    announced: make('div', { class: 'unseen', role: 'status' }),
    top: make('div', { class: 'rail-top' }),
    facets: make('div', { class: 'facets' }),
  };
  dom.rail = make(
    'div',
    { class: 'rail', role: 'region', 'aria-label': 'Filters' },
    make('header', {}, make('h2', {}, 'Filters'), dom.said, dom.fold),
    dom.top,
    dom.facets,
    dom.announced,
  );
  return dom;
}

const problem = text => make('p', { class: 'problem', role: 'alert' }, text);
