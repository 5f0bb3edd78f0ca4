// The images that were drawn for the selected prototype, beside the nearest real one.
// props.value = { state: drawing | done | cancelled, key, prototype, blend: [other, share] or null, share,
// text, nearest, images }

import { edit } from '../common/editing.js';
import { fixed } from '../common/numbers.js';
import { address, lastSaid, listen, make } from '../common/page.js';

export function mount(element, props, trigger, watch) {
  const view = element.querySelector('.drawn-view');
  const known = new Map(); // "key/prototype" -> what was drawn last for it
  let selected = null; // "key/prototype"

  const fill = make('div', { class: 'bar-fill' });
  const bar = make(
    'div',
    {
      class: 'bar',
      role: 'progressbar',
      'aria-label': 'Progress of the drawing',
      'aria-valuemin': 0,
      'aria-valuemax': 100,
    },
    fill,
  );
  const text = make('p', { class: 'stage-text' });
  const cancel = make(
    'button',
    { type: 'button', class: 'tool', onclick: () => trigger('cancel') },
    'Cancel',
  );
  const progress = make(
    'div',
    { class: 'drawing', hidden: true },
    bar,
    make('div', {}, text, cancel),
  );
  const results = make('div', { class: 'results', 'aria-live': 'polite' });
  view.append(progress, results);

  function show() {
    const { card } = lastSaid('card') || {};
    results.replaceChildren(...(card ? pair(card, known.get(selected)) : []));
  }

  watch('value', () => {
    const value = props.value || {};
    progress.hidden = value.state !== 'drawing';
    if (value.state === 'drawing') {
      const percent = Math.round(100 * value.share);
      fill.style.width = `${percent}%`;
      bar.setAttribute('aria-valuenow', percent);
      text.textContent = value.text;
    }
    if (value.state === 'done') {
      known.set(`${value.key}/${value.prototype}`, value);
      show();
    }
  });
  listen('edited', ({ key, kind }) => {
    const kept = kind === 'picture' && known.get(selected); // it changed nothing that is drawn
    if (kept) known.set(`${key}/${kept.prototype}`, { ...kept, key });
  });
  listen('select', ({ key, prototype }) => {
    selected = prototype === null ? null : `${key}/${prototype}`;
  });
  listen('card', show);
}

/** The real image nearest to a prototype beside those that were generated of it, or a place for one. */
function pair(card, drawn) {
  const { prototypes } = lastSaid('open');
  const nearest = drawn?.nearest || card.nearest_images[0];
  const blend = drawn?.blend;
  const real = figure(nearest.thumbnail, 'The nearest real image', 'Nearest real', [
    ['to prototype', nearest.similarity],
    ['to caption', nearest.to_caption],
  ]);
  const made = (drawn?.images || []).map(one =>
    figure(
      address(`/drawn/${one.id}.png`),
      `Drawn with seed ${one.seed}`,
      `Generated, seed ${one.seed}`,
      [
        ['to prototype', one.to_prototype],
        ['to caption', one.to_caption],
      ],
      blend ? null : keep(card, one, drawn),
    ),
  );
  const none = make('div', { class: 'not-drawn' }, 'Synthesize generates an image here');
  const way = blend && Math.round(100 * blend[1]);
  return [
    blend
      ? make('h3', {}, `${way} % of the way to prototype ${prototypes[blend[0]].number + 1}`)
      : null,
    make(
      'ul',
      { class: 'drawn-images' },
      [real, ...(made.length ? made : [none])].map(one => make('li', {}, one)),
    ),
    make('p', { class: 'hint' }, drawn ? told(drawn) : 'Cosine of CLIP embeddings.'),
  ].filter(Boolean);
}

function told({ images: drawn, caption }) {
  const by = `Drawn for “${caption}”`;
  const fresh = drawn.filter(one => one.is_new);
  const seconds = fresh.reduce((sum, one) => sum + one.seconds, 0);
  const n = fresh.length;
  if (!n)
    return `${by} before with the same settings, so these are the same images; another seed, under How to draw, gives others.`;
  const each = n > 1 ? `, ${fixed(seconds / n, 1)} s each` : '';
  const rest = n < drawn.length ? ` ${drawn.length - n} of them had been drawn before.` : '';
  return `${by} in ${fixed(seconds, 1)} s${each}.${rest}`;
}

/** Keeps an image for the set, or says that it is kept; `drawn` remembers which one was. */
function keep({ number, kept_image: now }, { id, seed }, drawn) {
  if (now?.seed === seed && drawn.kept === id)
    return make('p', { class: 'hint of-captions' }, 'Kept for the set');
  return make(
    'button',
    {
      type: 'button',
      class: 'tool is-small of-captions',
      title: 'A distilled set will hold this image of the prototype',
      'aria-label': `Keep the image of seed ${seed} for the set`,
      onclick() {
        drawn.kept = id;
        edit({ kind: 'picture', prototype: number, image: id });
      },
    },
    'Keep for the set',
  );
}

function figure(source, alt, title, similarities, button = null) {
  return make(
    'figure',
    {},
    make('img', { src: source, alt }),
    make(
      'figcaption',
      {},
      make('strong', {}, title),
      make(
        'dl',
        {},
        similarities.flatMap(([name, value]) => [
          make('dt', {}, name),
          make('dd', { class: 'figure' }, fixed(value)),
        ]),
      ),
      button,
    ),
  );
}
