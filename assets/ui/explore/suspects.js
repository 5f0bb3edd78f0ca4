// What deserves a second look: pairs that fit least, images that are nearly equal, images that
// could not be read, and what checks of images and captions have found. Choosing one shows it on the map.

import { follow } from '../common/lines.js';
import { whileListed } from '../common/lists.js';
import { fixed, roughly } from '../common/numbers.js';
import { address, ask, make, say } from '../common/page.js';
import { setOf } from '../common/rowset.js';
import { makeChecks } from './checks.js';
import { foundLine } from './found.js';
import { fill, offerRows, part } from './part.js';

export function mount(element) {
  const view = element.querySelector('.suspects-view');
  const worst = part(
    'Pairs that fit least',
    'Image and caption agree least by CLIP; some are wrong, some only unusual.',
  );
  const twins = part(
    'Nearly the same image',
    'The nearest other image by CLIP. Copies count twice in every mean, and may stand in two splits.',
  );
  const skipped = part(
    'Images that could not be read',
    'They were left out when the data was read, and are not on the map.',
  );
  const checks = makeChecks();
  view.append(checks.bar, worst.element, twins.element, checks.element, skipped.element);
  let asking = null;

  async function open(about) {
    asking?.abort();
    const { signal } = (asking = new AbortController());
    const { key, n_captions: nCaptions } = about;
    const light = rows => say('rows', { key, set: setOf(rows, nCaptions), from: 'suspects' });
    fill(
      skipped,
      about.skipped.map(line => make('li', { class: 'text' }, line)),
      'All images could be read.',
    );
    for (const each of [worst, twins]) each.said.textContent = 'Looking …';
    const rowsOfTwins = ({ images }) => images.flatMap(({ rows }) => rows);
    const showTwins = found =>
      showFound(twins, key, found, one => twinLine(key, one, light), rowsOfTwins, light);
    const look = () =>
      load(twins, `/prepared/${key}/duplicates`, signal, ({ pairs }) => showTwins(pairs), {
        method: 'POST',
      });
    await Promise.all([
      checks.open(key, signal, light),
      load(worst, `/prepared/${key}/suspects`, signal, found =>
        showFound(
          worst,
          key,
          found,
          one => foundLine(key, one),
          ({ row }) => row,
          light,
        ),
      ),
      load(twins, `/prepared/${key}/duplicates`, signal, ({ pairs, seconds }) =>
        pairs ? showTwins(pairs) : offer(twins, seconds, look),
      ),
    ]);
  }

  whileListed('suspects', open);
}

async function load(own, path, signal, show, options) {
  try {
    show(await ask(path, signal, options));
  } catch (error) {
    if (error.name !== 'AbortError') own.said.textContent = error.message;
  }
}

function showFound(own, key, found, line, rowsOf, light) {
  fill(own, found.map(line), 'None found.');
  const rows = found.flatMap(rowsOf);
  offerRows(own, key, rows, light);
}

/** Work that takes long is done when somebody wants it. */
function offer(own, seconds, look) {
  const start = () => {
    own.said.textContent = `Looking, ${roughly(seconds)}. What is found is kept, also if you leave the page.`;
    look();
  };
  own.list.hidden = own.tools.hidden = true;
  own.said.replaceChildren(
    make(
      'button',
      { type: 'button', class: 'tool', onclick: start },
      `Look for them (${roughly(seconds)})`,
    ),
  );
}

function twinLine(key, { cosine, images }, light) {
  const go = () => {
    light(images.flatMap(({ rows }) => rows));
    const [row] = images[0].rows;
    if (row === undefined) return;
    follow(line, row);
    say('choose-row', { row });
  };
  const line = make(
    'li',
    {},
    make(
      'button',
      { type: 'button', class: 'found-row', onclick: go },
      images.map(({ image }) =>
        make('img', {
          src: address(`/prepared/${key}/images/${image}.webp`),
          alt: '',
          loading: 'lazy',
          width: 44,
          height: 44,
        }),
      ),
      make('span', { class: 'text' }, images.map(({ caption }) => caption).join(' / ')),
      make('span', { class: 'figure' }, fixed(cosine, 3)),
    ),
  );
  return line;
}
