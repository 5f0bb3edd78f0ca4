// Settings as fields, in parts that unfold; what is not as it was at first is marked, and counted in the heading.
// props.value = Wire.Form, of which `after` counts here: an answer to a form from before the last
// change brings other fields, and what was changed stays

import { make } from './page.js';

export function mount(element, props, trigger, watch) {
  const view = element.querySelector('.settings-view');
  let drawn = '';
  /** @type {{ show: (changed: import('./wire.js').Form['changed']) => void }[]} */
  let shown = [];
  /** @type {Pick<import('./wire.js').Form, 'changed' | 'after'>} */
  let own = { changed: {}, after: 0 };

  function show() {
    const { parts = [], changed: told = {}, after = null } = props.value || {};
    if (after === null) own = { changed: told, after: own.after + 1 };
    else if (after >= own.after) own = { changed: told, after };
    if (after !== own.after) props.value = { ...props.value, ...own };
    const { changed } = own;
    const now = JSON.stringify(parts);
    if (now !== drawn) {
      drawn = now;
      shown = parts.map(part => drawPart(part, change));
      view.replaceChildren(...shown.map(part => part.element));
    }
    for (const part of shown) part.show(changed);
  }

  function change(key, values) {
    const others = { ...own.changed };
    delete others[key];
    const changed = Object.keys(values).length ? { ...others, [key]: values } : others;
    own = { changed, after: own.after + 1 };
    props.value = { ...props.value, ...own };
    for (const part of shown) part.show(changed);
  }

  watch('value', show);
  show();
}

const unfolded = new Set(); // keys of parts, which stay so when others are shown

function drawPart({ key, label, fields }, change) {
  let own = {};
  const all = fields.map(field => drawField(field, value => change(key, withValue(field, value))));
  const withValue = (field, value) => {
    const values = { ...own, [field.name]: value };
    if (value === field.default) delete values[field.name];
    return values;
  };
  const count = make('span', { class: 'changed-count' });
  const back = make(
    'button',
    { type: 'button', class: 'tool is-small', hidden: true, onclick: () => change(key, {}) },
    'Back to the defaults',
  );
  const inside = [...all.map(field => field.element), back];
  const element = label ? folded(key, label, count, inside) : make('div', {}, ...inside);
  element.dataset.part = key;
  return {
    element,
    show(changed) {
      own = changed[key] ?? {};
      const n = Object.keys(own).length;
      count.textContent = n ? `${n} changed` : '';
      back.hidden = !n;
      for (const field of all) field.show(own);
    },
  };
}

function folded(key, label, count, inside) {
  const details = make(
    'details',
    { class: 'part', open: unfolded.has(key) },
    make('summary', {}, make('span', {}, label), count),
    ...inside,
  );
  details.addEventListener('toggle', () => {
    if (details.open) unfolded.add(key);
    else unfolded.delete(key);
  });
  return details;
}

let made = 0; // fields, for their ids

function drawField(field, change) {
  const id = `setting-${(made += 1)}`;
  const { inputs, put } = drawInputs(field, id, change);
  const element = make(
    'div',
    { class: `field is-${shapeOf(field)}` },
    make('label', { for: id }, field.label),
    ...inputs,
    make('p', { class: 'hint', id: `${id}-help` }, field.help),
  );
  return {
    element,
    show(own) {
      const isChanged = field.name in own;
      element.classList.toggle('is-changed', isChanged);
      put(isChanged ? own[field.name] : field.default);
    },
  };
}

const shapeOf = ({ kind, choices }) =>
  choices.length || kind === 'str' ? 'wide' : kind === 'bool' ? 'switch' : 'number';

/** The elements that show and take a value, and how a value is put into them. */
function drawInputs(field, id, change) {
  const told = { id, 'aria-describedby': `${id}-help` };
  if (field.choices.length) {
    const select = make(
      'select',
      { ...told, onchange: () => change(select.value) },
      ...field.choices.map(choice => make('option', { value: choice }, choice)),
    );
    return { inputs: [select], put: value => (select.value = value) };
  }
  if (field.kind === 'bool') {
    const box = make('input', {
      ...told,
      type: 'checkbox',
      onchange: () => change(box.checked),
    });
    return { inputs: [box], put: value => (box.checked = value) };
  }
  if (field.kind === 'str') {
    const text = make('input', { ...told, type: 'text', oninput: () => change(text.value) });
    return { inputs: [text], put: value => put(text, value) };
  }
  return drawNumber(field, told, change);
}

function drawNumber({ label, kind, least, most, step }, told, change) {
  const read = input => change(Number.isNaN(input.valueAsNumber) ? null : input.valueAsNumber);
  const number = make('input', {
    ...told,
    type: 'number',
    step: kind === 'int' ? 1 : 'any',
    oninput: () => read(number),
  });
  if (step === null) return { inputs: [number], put: value => put(number, value) };
  const range = make('input', {
    type: 'range',
    'aria-label': `${label}, slider`,
    min: least,
    max: most,
    step,
    oninput: () => read(range),
  });
  return {
    inputs: [number, range],
    put(value) {
      put(number, value);
      range.value = value;
    },
  };
}

/** Puts a value into a field, but not while somebody types there: "1." would become "1". */
function put(input, value) {
  const held = input.type === 'number' ? input.valueAsNumber : input.value;
  if (!Object.is(held, value ?? Number.NaN)) input.value = value ?? '';
}
