// Why an image cluster was matched with its caption cluster: how its rows spread, and the runner-up.

import { lightShared } from '../common/light.js';
import { count } from '../common/numbers.js';
import { make } from '../common/page.js';

/** `about` is the dataset's, `card` that of one prototype. */
export function spreadOf(about, card) {
  const { prototype: own, spread, n_image_rows: nRows } = card;
  const { prototype, n_rows: nShared, n_other: nOther } = spread;
  const share = rows => `${(100 * rows) / (nRows || 1)}%`;
  const bar = (rows, kind) =>
    make(
      'span',
      { class: 'spread-track', 'aria-hidden': 'true' },
      make('span', { class: `spread-bar ${kind}`, style: { width: share(rows) } }),
    );
  const line = (k, rows) => {
    const { label, number } = about.prototypes[k];
    const isOwn = k === own;
    return make(
      'li',
      {},
      make(
        'button',
        {
          type: 'button',
          class: 'spread-row',
          title: 'Light these rows on the map',
          onclick: () => lightShared(about, own, k, 'inspector'),
        },
        make(
          'span',
          { class: 'text' },
          isOwn ? 'Its own' : `${number + 1} · ${label}`,
          isOwn ? make('span', { class: 'badge' }, 'matched') : null,
        ),
        bar(rows, isOwn ? 'is-own' : ''),
        make('span', { class: 'figure' }, count(rows)),
      ),
    );
  };
  return make(
    'section',
    { class: 'spread', 'aria-label': 'Why this match' },
    make('h3', {}, 'Why this match', make('span', {}, 'where both bars are, rows are shared')),
    overlapOf(card, about.classes.length > 0),
    make('p', { class: 'hint' }, reason(about, own, spread, nRows)),
    make(
      'ul',
      {},
      prototype.map((k, at) => line(k, nShared[at])),
      nOther
        ? make(
            'li',
            { class: 'spread-row is-rest' },
            make('span', { class: 'text' }, 'All others'),
            bar(nOther, ''),
            make('span', { class: 'figure' }, count(nOther)),
          )
        : null,
    ),
  );
}

/** Two bars that overlap where the clusters do. */
function overlapOf({ n_image_rows, n_caption_rows, n_shared }, isLabelled) {
  const total = n_image_rows + n_caption_rows - n_shared || 1;
  const percent = rows => `${(100 * rows) / total}%`;
  const line = (name, rows, start, kind) =>
    make(
      'div',
      { class: 'overlap-row' },
      make('span', {}, name),
      make(
        'div',
        { class: 'overlap-track', 'aria-hidden': 'true' },
        make('div', {
          class: `overlap-bar ${kind}`,
          style: { left: percent(start), width: percent(rows) },
        }),
      ),
      make('span', { class: 'figure' }, `${count(rows)} rows`),
    );
  return make(
    'div',
    { class: 'overlap' },
    line('Image cluster', n_image_rows, 0, 'is-image'),
    line(
      isLabelled ? 'Class' : 'Caption cluster',
      n_caption_rows,
      n_image_rows - n_shared,
      'is-caption',
    ),
  );
}

function reason(about, own, { prototype, n_rows: nShared }, nRows) {
  const at = prototype.indexOf(own);
  const name = k => `that of prototype ${about.prototypes[k].number + 1}`;
  const most = 'Clusters are paired so that all pairs together share the most rows.';
  if (at < 0)
    return `None of the ${count(nRows)} rows in its image cluster lies in its caption cluster: both were left over. ${most}`;
  const rows = `${count(nShared[at])} of the ${count(nRows)} rows in its image cluster lie in this caption cluster`;
  if (at > 0)
    return `${rows}; ${name(prototype[0])} holds more, ${count(nShared[0])}, but went to another image cluster. ${most}`;
  return prototype.length > 1
    ? `${rows}, the most of all; the runner-up is ${name(prototype[1])} with ${count(nShared[1])}.`
    : `${rows}, and in no other.`;
}
