// One column in the rail: it unfolds into a histogram or a list of words, filters the rows, and can
// colour the map.

import { make, say } from '../common/page.js';
import { edge, inBins } from './bins.js';
import { rangeOf } from './sharing.js';
import { makeHistogram } from './histogram.js';
import { fetchColumn } from '../common/columns.js';
import { inAllowed } from './mask.js';
import { makeWords } from './words.js';

const DIGITS = 12; // of the ends of a range: dates have ten

/** `rows` has the { key, imageOf, mask } of the dataset that is open, and its filters. */
export function makeFacet(about, rows) {
  const id = `column:${about.name}`;
  const cellOf = about.per === 'image' ? rows.imageOf : null;
  const now = { column: null, bins: null, view: null, chosen: null, isOpen: false, opening: null };
  const dom = build(about, () => unfold(!now.isOpen));

  function unfold(opens) {
    now.isOpen = opens;
    dom.body.hidden = !opens;
    dom.title.setAttribute('aria-expanded', String(opens));
    if (opens && now.view) update();
    if (opens) now.opening ||= load();
    return now.opening;
  }

  async function load() {
    try {
      now.column = await fetchColumn(rows.key, about);
      now.bins = inBins(now.column);
      const all = rows.everything().counts(id, now.bins, cellOf);
      now.view = makeBody(about, now, all, choose);
      dom.body.replaceChildren(now.view.element);
      update();
    } catch (error) {
      now.opening = null;
      dom.body.replaceChildren(problem(error.message));
    }
  }

  /** Filters by a range of bins or a set of them; all or nothing ends that. */
  function choose(chosen) {
    now.chosen = chosen && (chosen.size !== 0 || Array.isArray(chosen)) ? chosen : null;
    dom.section.classList.toggle('is-filtering', Boolean(now.chosen));
    if (!now.chosen) return rows.filters.set(id, null);
    const allowed = allowedBins(now.chosen, now.bins.size);
    rows.filters.set(id, inAllowed(now.bins, cellOf, allowed), describe(about, now), () => {
      now.view.clear();
      choose(null);
    });
  }

  const update = () => now.isOpen && now.view?.update(rows.mask().counts(id, now.bins, cellOf));

  return {
    about,
    element: dom.section,
    unfold,
    update,
    ...makeKeeping(about, now, unfold),
    clear: () => choose(null),
    markColoured: name =>
      dom.colour.setAttribute('aria-pressed', String(name === colouringOf(about))),
  };
}

/** What a facet filters by, kept in the page or in its address, and taken up again. */
function makeKeeping(about, now, unfold) {
  return {
    /** What is kept when the same data are opened anew. */
    kept: () => ({ name: about.name, of: about.of, isOpen: now.isOpen, ...keptOf(now) }),
    async restore({ of, isOpen, range, words }) {
      if (isOpen || range || words) await unfold(true);
      if (range && of === about.of) now.view?.brush(...range);
      if (words) now.view?.choose?.(binsOf(now.column, words));
    },
    /** What an address says of the filter: ends of a range, or words; null where there is none. */
    linked: () => linkedOf(now),
    async follow(wanted) {
      await unfold(true);
      if (!now.view) return;
      const range = now.view.brush && rangeOf(wanted, now.bins);
      if (range) now.view.brush(...range);
      const words = now.view.choose ? binsOf(now.column, wanted) : [];
      if (words.length) now.view.choose(words);
    },
  };
}

function makeBody({ title }, { bins, column }, all, choose) {
  if (isScale(bins.kind)) return makeHistogram({ title, bins, all }, choose);
  return makeWords({ names: column.names, all }, choose);
}

const isScale = kind => kind === 'number' || kind === 'date';

/** What the map calls the colours of a column. */
export const colouringOf = ({ name }) =>
  ['similarity', 'kept', 'words', 'class', 'prototype'].includes(name) ? name : `column:${name}`;

function allowedBins(chosen, size) {
  const allowed = new Uint8Array(size + 1);
  if (Array.isArray(chosen)) allowed.fill(1, ...chosen);
  else for (const bin of chosen) allowed[bin] = 1;
  return allowed;
}

/** What is chosen, so that it can be chosen among the same values again, or the same words. */
function keptOf({ chosen, column }) {
  if (!chosen) return {};
  if (Array.isArray(chosen)) return { range: chosen };
  return { words: [...chosen].map(bin => column.names[bin] ?? null) };
}

function linkedOf({ chosen, bins, column }) {
  if (!chosen) return null;
  if (!Array.isArray(chosen)) return keptOf({ chosen, column }).words;
  return chosen.map(bin => Number((bins.low + bin * bins.step).toPrecision(DIGITS)));
}

const binsOf = ({ names }, words) =>
  words.map(word => (word === null ? names.length : names.indexOf(word))).filter(bin => bin >= 0);

/** A filter in words. */
function describe({ title }, { bins, chosen, column }) {
  if (Array.isArray(chosen))
    return `${title}: ${edge(bins, chosen[0])} to ${edge(bins, chosen[1])}`;
  const names = [...chosen].map(bin => column.names[bin] ?? 'nothing');
  return `${title}: ${names.slice(0, 3).join(', ')}${names.length > 3 ? ' …' : ''}`;
}

function build(about, turn) {
  const body = make(
    'div',
    {
      class: isScale(about.kind) ? 'facet-body is-scale' : 'facet-body',
      hidden: true,
      id: `facet-${about.name}`,
    },
    make('p', { class: 'hint' }, 'Loading …'),
  );
  const title = make(
    'button',
    {
      type: 'button',
      class: 'facet-title',
      'aria-expanded': 'false',
      'aria-controls': `facet-${about.name}`,
      title: `${about.meaning} In queries: ${about.name}`,
      onclick: turn,
    },
    make('span', { class: 'chevron', 'aria-hidden': 'true' }),
    make('span', { class: 'facet-name' }, about.title),
  );
  const colour = make('button', {
    type: 'button',
    class: 'facet-colour',
    'aria-label': `Colour the map by ${about.title}`,
    title: 'Colours the map by this column',
    'aria-pressed': 'false',
    onclick: () => say('colour-by', colouringOf(about)),
  });
  const section = make(
    'div',
    { class: 'facet' },
    make('div', { class: 'facet-head' }, title, colour),
    body,
  );
  return { section, title, colour, body };
}

const problem = text => make('p', { class: 'problem', role: 'alert' }, text);
