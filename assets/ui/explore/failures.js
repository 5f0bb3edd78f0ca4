// Where students fail: the items of test on the map, coloured by the rank of what they should find,
// recall of groups of them, and what only one of two runs gets right.

import { contrast, css, ramp } from '../common/colours.js';
import { whileListed } from '../common/lists.js';
import { count } from '../common/numbers.js';
import { address, ask, lastSaid, listen, make, openTab, say, whenMade } from '../common/page.js';
import { headAmong } from '../common/run.js';
import { makeGroups } from './groups.js';

const STEPS = 32;
const LOOK_MS = 1000; // between two looks how far the placing is
const RANK = 'wrong answers before the right one';

export function mount(element) {
  const dom = build(element.querySelector('.failures-view'));
  const groups = makeGroups(dom.groups);
  const now = { key: null, asking: null, found: null, asked: 0, outcome: null }; // outcome: shown alone

  async function open({ key, classes }, run = dom.run.value || runAsked()) {
    const own = ++now.asked;
    Object.assign(now, { key, found: null });
    show(dom, null);
    offerGroupings(dom.by, now, classes.length > 0);
    const runs = await ask(`/prepared/${key}/failures`).catch(error => tell(error.message));
    if (!runs || own !== now.asked) return;
    offer(dom, runs, run);
    if (runs.length) turnTo();
  }

  const turnTo = () => (parted(dom), look());

  /** Shows one outcome of two runs alone, or all again. */
  function isolate(outcome) {
    now.outcome = now.outcome === outcome ? null : outcome;
    look();
  }

  async function look() {
    now.asking?.abort();
    const { signal } = (now.asking = new AbortController());
    const { key } = now;
    const asked = askedOf(dom, now);
    try {
      const path = `/prepared/${key}/failures/${dom.run.value}?${new URLSearchParams(asked)}`;
      await whenMade(signal, {
        look: () => ask(path, signal),
        tell(found) {
          now.found = found;
          show(dom, { ...asked, ...found, key, isLabelled: now.isLabelled }, isolate);
          groups.show(found);
        },
        isThere: found => found.x.length || !found.rank.length,
        begin: () => ask(`/prepared/${key}/placed/${asked.space}`, signal, { method: 'POST' }),
        every: LOOK_MS,
      });
    } catch (error) {
      if (error.name !== 'AbortError') tell(error.message);
    }
  }

  const tell = text => void (dom.said.textContent = text);
  dom.run.onchange = turnTo;
  for (const field of [dom.other, dom.network, dom.by]) field.onchange = look;
  dom.space.onchange = () => (say('turn-to', dom.space.value), look());
  listen('test-item-clicked', i => now.found && point(dom, now.found, now.key, i));
  const again = run => now.key && open(lastSaid('open'), run); // there may be more runs by now
  const leave = () => (now.asking?.abort(), say('test-items', null));
  listen('list', name => (name === 'failures' ? again() : leave()));
  listen('fared', again);
  whileListed('failures', open);
}

/** The run whose link was followed to this page. */
const runAsked = () => new URLSearchParams(location.search).get('run');

/** No run stands beside itself. */
function parted({ run, other }) {
  for (const option of other.options) option.hidden = option.disabled = option.value === run.value;
  if (other.value === run.value) other.value = '';
}

/** What the fields ask for, and which outcome of two runs is to be shown `alone`. */
function askedOf({ space, network, by, other }, now) {
  if (!other.value) now.outcome = null;
  const alone = now.outcome === null ? {} : { alone: now.outcome };
  return {
    space: space.value,
    network: network.value,
    by: by.value,
    other: other.value,
    ...alone,
  };
}

function build(view) {
  const field = (label, options) => {
    const select = make(
      'select',
      { class: 'tool', 'aria-label': label },
      options.map(([value, text]) => make('option', { value }, text)),
    );
    return [select, make('label', { class: 'failure-field' }, make('span', {}, label), select)];
  };
  const [run, runField] = field('Run', []);
  const [other, otherField] = field('beside', [['', 'no other run']]);
  const [network, networkField] = field('Network', [['', 'first']]);
  const [space, spaceField] = field('Items', [
    ['image', 'images'],
    ['caption', 'captions'],
  ]);
  const [by, byField] = field('in groups by', [['prototype', 'prototype']]);
  const form = make(
    'div',
    { class: 'failure-form', hidden: true },
    runField,
    otherField,
    networkField,
    spaceField,
    byField,
  );
  spaceField.classList.add('of-captions');
  const start = make(
    'button',
    { type: 'button', class: 'tool is-small', onclick: () => openTab('Distill') },
    'Open Distill',
  );
  const none = make(
    'p',
    { hidden: true },
    'No run on these data has kept how the items of test fared yet. ',
    start,
  );
  const said = make('p', { class: 'hint', role: 'status' });
  const legend = make('p', { class: 'failure-legend' });
  const items = make('ol', { class: 'found', hidden: true });
  const groups = make('div', { class: 'failure-groups' });
  const parts = make('div', { class: 'failure-parts' }, groups, items);
  view.append(form, none, legend, said, parts);
  return { form, none, run, other, network, space, by, said, legend, items, groups };
}

/** Offers the runs, with the one that is `wanted` or else the newest chosen, or says that there are none. */
function offer(dom, runs, wanted) {
  dom.form.hidden = !runs.length;
  dom.none.hidden = runs.length > 0;
  const options = runs.map(run => make('option', { value: run.id }, headAmong(run, runs)));
  dom.run.replaceChildren(...options);
  if (runs.some(({ id }) => id === wanted)) dom.run.value = wanted;
  const none = make('option', { value: '' }, 'no other run');
  dom.other.replaceChildren(none, ...options.map(each => each.cloneNode(true)));
}

/** Shows what was found, or nothing yet; isolate(outcome) is to show that one alone. */
function show(dom, found, isolate) {
  dom.items.hidden = !found?.items.length;
  dom.groups.hidden = !found;
  dom.legend.hidden = !found;
  if (!found) {
    say('test-items', null);
    dom.said.textContent = '';
    return;
  }
  fillChoice(dom.network, found.networks, found.network);
  fillChoice(dom.by, groupings(found.isLabelled, found.columns), dom.by.value);
  const names = [dom.run, dom.other].map(({ selectedOptions: [option] }) => option.text);
  const { colourOf, entries } = coloursOf(found, names);
  const ofTwo = found.outcome.length ? `; ${names.join(' | ')}` : '';
  const beside = make(
    'span',
    { class: 'hint' },
    `Beside each: ${RANK}, mean over students${ofTwo}.`,
  );
  const chosen = found.outcome.length ? { alone: found.alone, isolate } : null;
  const focused = dom.legend.contains(document.activeElement) && document.activeElement.dataset.of;
  dom.legend.replaceChildren(...entries.map((each, o) => entry(each, o, chosen)), beside);
  if (focused) dom.legend.querySelector(`[data-of="${focused}"]`)?.focus();
  dom.said.textContent = found.x.length ? found.note : found.making?.text || 'Placing the items';
  dom.items.replaceChildren(
    ...found.items.map(each => line(found.key, each, () => say('test-item', each.place))),
  );
  if (!found.x.length) return;
  const { key, space, x, y, alone, outcome } = found;
  const isShown = i => alone === undefined || outcome[i] === alone;
  say('test-items', { key, space, x, y, colourOf, isShown });
}

/** What items are grouped by, the usual first: a class has more of them than each of many prototypes. */
export const groupings = (isLabelled, columns) => [
  ...new Set([...(isLabelled ? ['class'] : []), 'prototype', ...columns]),
];

/** Until the columns are known; what was chosen stays for data of the same kind. */
function offerGroupings(select, now, isLabelled) {
  const names = groupings(isLabelled, []);
  fillChoice(select, names, isLabelled === now.isLabelled ? select.value : names[0]);
  now.isLabelled = isLabelled;
}

function fillChoice(select, names, chosen) {
  if ([...select.options].map(each => each.value).join() !== names.join())
    select.replaceChildren(...names.map(name => make('option', { value: name }, name)));
  select.value = chosen;
}

/** How items are coloured: by their rank on a log scale, or by which of two runs gets them right. */
function coloursOf({ rank, outcome, n_answers: n }, [first, second]) {
  if (outcome.length) {
    const colours = dark => {
      const two = contrast(dark);
      return [dark ? '#5b5850' : '#c9c5bb', css(two, 0), css(two, 1), dark ? '#eceae5' : '#1d1c19'];
    };
    const texts = ['both get it right', `only ${first}`, `only ${second}`, 'neither'];
    const tally = texts.map((_, o) => outcome.filter(each => each === o).length);
    return {
      colourOf: (i, dark) => colours(dark)[outcome[i]],
      entries: texts.map((text, o) => [dark => colours(dark)[o], `${text}: ${count(tally[o])}`]),
    };
  }
  const step = value =>
    Math.min(STEPS - 1, Math.floor((STEPS * Math.log1p(value)) / Math.log1p(n)));
  const ramps = { true: ramp(STEPS, true), false: ramp(STEPS, false) };
  const marks = [0, ...[9, 99, 999].filter(value => value < n)];
  return {
    colourOf: (i, dark) => css(ramps[dark], step(rank[i])),
    entries: marks.map(value => [
      dark => css(ramps[dark], step(value)),
      value ? `${count(value)} before it` : 'right answer first',
    ]),
  };
}

/** A colour and what it means; of two runs, `chosen`, a button that shows those items alone. */
function entry([colour, text], o, chosen) {
  const background = colour(document.body.classList.contains('dark'));
  const parts = [make('span', { class: 'dot', style: { background } }), text];
  if (!chosen) return make('span', { class: 'legend-entry' }, parts);
  const button = {
    type: 'button',
    class: 'legend-entry',
    title: 'Shows these items alone',
    'aria-pressed': String(chosen.alone === o),
    'data-of': String(o),
    onclick: () => chosen.isolate(o),
  };
  return make('button', button, parts);
}

function line(key, { image, text, rank, other_rank: other }, go) {
  const ranks = other === null ? count(rank) : `${count(rank)} | ${count(other)}`;
  return make(
    'li',
    {},
    make(
      'button',
      { type: 'button', class: 'found-row', onclick: go },
      picture(key, image),
      make('span', { class: 'text' }, text),
      make('span', { class: 'figure', title: RANK }, ranks),
    ),
  );
}

const picture = (key, image) =>
  make('img', {
    src: address(`/prepared/${key}/test/${image}.webp`),
    alt: '',
    loading: 'lazy',
    width: 44,
    height: 44,
  });

/** An item that was clicked on the map stands first. */
function point(dom, found, key, i) {
  const known = found.items.find(each => each.place === i);
  const item = known ?? { image: found.image[i], text: 'clicked', rank: found.rank[i] };
  const own = line(key, { other_rank: null, ...item }, () => say('test-item', i));
  own.classList.add('is-clicked');
  dom.items.querySelector('.is-clicked')?.remove();
  dom.items.prepend(own);
  dom.items.scrollTop = 0;
  say('test-item', i);
}
