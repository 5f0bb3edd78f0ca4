// Which prototype the drawing leans to, and how far: the handler reads props.value = { key, other, share }.

import { lastSaid, listen, make } from '../common/page.js';

const HALF = 0.5;

export function mount(element, props) {
  const view = element.querySelector('.blend-view');
  const others = make('select', { class: 'tool', id: 'blend-with', onchange: tell });
  const slider = make('input', {
    type: 'range',
    min: 0,
    max: 1,
    step: 0.05,
    value: HALF,
    'aria-label': 'Share of the other prototype',
    oninput: tell,
  });
  const said = make('output', { class: 'hint figure' });
  const how = make('div', { class: 'blend-how', hidden: true }, slider, said);
  view.append(
    make(
      'div',
      { class: 'blend-line' },
      make('label', { for: 'blend-with' }, 'Blend with'),
      others,
    ),
    how,
    make(
      'p',
      { class: 'hint' },
      'A place between two image prototypes, with the caption of the nearer one. Only to look at: a set holds no blends.',
    ),
  );
  let about = null;

  function tell() {
    const other = others.value === '' ? null : Number(others.value);
    const share = Number(slider.value);
    how.hidden = other === null;
    if (other !== null)
      said.textContent = `${Math.round(100 * share)} % of prototype ${about.prototypes[other].number + 1}`;
    props.value = about ? { key: about.key, other, share } : {};
  }

  function open(opened) {
    about = opened;
    others.replaceChildren(
      make('option', { value: '' }, 'nothing'),
      ...about.prototypes.map(({ number, label }, k) =>
        make('option', { value: k }, `${number + 1} · ${label}`),
      ),
    );
    tell();
  }

  listen('open', open);
  if (lastSaid('open')) open(lastSaid('open')); // the view is built when its section is opened
}
