// Images have a size, a brightness and a sharpness once they were measured, which somebody asks for.

import { roughly } from '../common/numbers.js';
import { ask, make, repeat } from '../common/page.js';
import { fetchColumns } from '../common/columns.js';

/** done() is called when the images were measured. */
export function makeMeasuring(done) {
  let key = '';
  let stop = () => {};
  const text = make('p', { class: 'hint', role: 'status' });
  const fill = make('div', { class: 'bar-fill' });
  const bar = make('div', { class: 'bar', hidden: true }, fill);
  const button = make(
    'button',
    { type: 'button', class: 'tool', onclick: start },
    'Measure images',
  );
  const element = make('div', { class: 'measuring' }, text, bar, button);

  /** What there is to do for a dataset, or null. */
  function show(of, { measuring }) {
    key = of;
    stop();
    if (!measuring) return null;
    tell(measuring);
    if (isGoing(measuring)) follow();
    return element;
  }

  function tell(measuring) {
    const { making, seconds } = measuring;
    bar.hidden = !isGoing(measuring);
    button.hidden = isGoing(measuring);
    fill.style.width = `${100 * (making?.share ?? 0)}%`;
    text.textContent =
      making?.problem ||
      making?.text ||
      `Size, brightness and sharpness: opens each image once, ${roughly(seconds)}.`;
  }

  async function start() {
    try {
      await ask(`/prepared/${key}/measures`, undefined, { method: 'POST' });
      tell({ making: { share: 0, text: 'Measuring the images', problem: '' }, seconds: null });
      follow();
    } catch (error) {
      text.textContent = error.message;
    }
  }

  function follow() {
    const own = key;
    stop();
    stop = repeat(async () => {
      const found = await fetchColumns(own, true).catch(() => null);
      if (own !== key) return false;
      if (!found) return true;
      if (!found.measuring) return (done(), false);
      tell(found.measuring);
      return isGoing(found.measuring);
    }, 1);
  }

  return { show };
}

const isGoing = ({ making }) => Boolean(making) && !making.problem;
