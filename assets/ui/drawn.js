// The pictures that were drawn for the selected prototype, beside the nearest real one.
// props.value = { state: drawing | done | cancelled, key, prototype, share, text, nearest, pictures }

import { address, fixed, listen, make } from './page.js';

export function mount(element, props, trigger, watch) {
  const view = element.querySelector('.drawn-view');
  const known = new Map(); // "key/prototype" -> what was drawn last for it
  let selected = null; // "key/prototype"

  const fill = make('div', { class: 'bar-fill' });
  const bar = make('div', {
    class: 'bar', role: 'progressbar', 'aria-label': 'Progress of the drawing',
    'aria-valuemin': 0, 'aria-valuemax': 100,
  }, fill);
  const text = make('p', { class: 'stage-text' });
  const cancel = make('button', { type: 'button', class: 'tool', onclick: () => trigger('cancel') }, 'Cancel');
  const progress = make('div', { class: 'drawing', hidden: true }, bar, make('div', {}, text, cancel));
  const results = make('div', { class: 'results', 'aria-live': 'polite' });
  view.append(progress, results);

  function show() {
    const drawn = known.get(selected);
    results.replaceChildren(...(drawn ? pictures(drawn) : []));
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
  listen('select', ({ key, prototype }) => {
    selected = prototype === null ? null : `${key}/${prototype}`;
    show();
  });
}

function pictures({ key, nearest, pictures: drawn }) {
  const seconds = drawn.reduce((sum, one) => sum + one.seconds, 0);
  const real = figure(address(`/prepared/${key}/pictures/${nearest.picture}.webp`), nearest.caption,
    'Nearest real', [['to prototype', nearest.similarity]]);
  const made = drawn.map(one => figure(address(`/drawn/${one.id}.png`), `Drawn with seed ${one.seed}`,
    `Seed ${one.seed}`, [['to prototype', one.to_prototype], ['to caption', one.to_caption]]));
  const each = drawn.length > 1 ? `, ${fixed(seconds / drawn.length, 1)} s each` : '';
  return [
    make('h3', {}, 'Drawn'),
    make('ul', { class: 'drawn-pictures' }, [real, ...made].map(one => make('li', {}, one))),
    make('p', { class: 'hint' }, `CLIP similarity below each picture. Drawn in ${fixed(seconds, 1)} s${each}.`),
  ];
}

function figure(source, alt, title, similarities) {
  return make('figure', {},
    make('img', { src: source, alt }),
    make('figcaption', {}, make('strong', {}, title),
      similarities.map(([name, value]) => make('span', {}, `${fixed(value)} ${name}`))));
}
