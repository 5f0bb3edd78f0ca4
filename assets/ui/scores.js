// Recall as a person reads it: percent, mean ± half of the 95 % interval.

import { make } from './page.js';

/** [heading, direction, k]: IR is text to image, TR is image to text. */
export const MEASURES = ['text_to_image', 'image_to_text'].flatMap(way =>
  [1, 5, 10].map(k => [`${way === 'text_to_image' ? 'IR' : 'TR'}@${k}`, way, k]));

export const meanOf = (scores, [, way, k]) => scores?.[way]?.[k]?.[0] ?? null;

export const shown = (scores, [, way, k]) => withInterval(scores?.[way]?.[k]);

/** [mean, half of its interval, or null] as text; a dash where there is none. */
export function withInterval(each) {
  if (!each) return '–';
  const [mean, half] = each;
  return half === null ? mean.toFixed(1) : `${mean.toFixed(1)} ± ${half.toFixed(1)}`;
}

/** One run's scores: a row per network. */
export function scoreTable({ backbones }) {
  const head = ['Network', ...MEASURES.map(([name]) => name)];
  const rows = Object.entries(backbones).map(([name, scores]) =>
    make('tr', {}, make('th', { scope: 'row' }, name),
      MEASURES.map(measure => make('td', { class: 'is-number' }, shown(scores, measure)))));
  return make('div', { class: 'table-frame' }, make('table', {},
    make('thead', {}, make('tr', {}, head.map((text, at) =>
      make('th', { scope: 'col', class: at ? 'is-number' : null }, text)))),
    make('tbody', {}, rows)));
}
