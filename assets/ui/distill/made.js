// The images of a set while it is made. Those of a set that grows appear one by one; those of a set
// that is learned change in place, and every kept checkpoint can be looked at again.

import { count, fixed } from '../common/numbers.js';
import { address, make } from '../common/page.js';
import { isGoing, sizeOf } from '../common/run.js';
import { headline } from '../common/scores.js';
import { enlargeIn } from './enlarged.js';
import { makeMoments } from './moments.js';

export function makeMade() {
  const counted = make('span', { class: 'hint figure' });
  const none = make('p', { class: 'hint' }, 'They appear here as they are made.');
  const grid = makeGrid();
  const looks = new Map(); // step -> what the set scored on val then
  let about = null;
  const moments = makeMoments(grid.show, step => {
    const score = looks.get(step);
    const { label, unit } = headline(about);
    const scored = score === undefined ? '' : ` · ${label} on val ${fixed(score, 1)} ${unit}`;
    return step === kept ? `${scored} · kept as the set` : scored;
  });
  const title = make('h3', {}, 'Images ', counted);
  const parts = [title, moments.element, none, grid.element, grid.enlarged.element];
  const element = make('div', { class: 'of-set' }, parts);
  let newest = null; // the last step that images were written of
  let kept = null; // the step whose images are the set, where it is not the last

  function clear() {
    [about, newest, kept] = [null, null, null];
    looks.clear();
    moments.clear();
    grid.clear();
  }

  /** Takes a run as the server tells it, with what happened since the last time. */
  function tell(run) {
    about = run.about;
    element.hidden = !about.makes; // whose images are where they were
    moments.element.hidden = !about.learns;
    for (const event of run.events) take(event, run.id);
    const made = grid.size();
    none.hidden = made > 0 || !isGoing(run.status.state);
    const isKnown = !about.learns && !about.per_class;
    counted.textContent = isKnown ? `${count(made)} of ${count(sizeOf(run))}` : count(made);
    if (about.learns && made) moments.update(momentsOf(run, newest), kept);
    grid.enlarged.of(run.result ? run.id : null);
  }

  function take(event, run) {
    if (event.kind === 'image') {
      grid.add(event, about.learns ? null : address(`/runs/${run}/images/${event.file_name}`));
      if (event.kept) kept = event.step;
      else newest = event.step ?? null;
    } else if (event.step !== undefined && event[headline(about).name] !== undefined)
      looks.set(event.step, event[headline(about).name]);
  }

  return { element, clear, tell };
}

/** The kept checkpoints, and the images as they are now where these are newer. */
function momentsOf({ id, checkpoints }, newest) {
  const found = checkpoints.map(({ step, name }) => ({
    step,
    source: file => address(`/runs/${id}/checkpoints/${name}/${file}`),
  }));
  if (newest !== null && newest > (found.at(-1)?.step ?? -1))
    found.push({
      step: newest,
      source: file => address(`/runs/${id}/images/${file}?step=${newest}`),
    });
  return found;
}

/** The images, those of a class beside each other. */
function makeGrid() {
  const element = make('div', { class: 'made', tabindex: 0, role: 'group' });
  element.setAttribute('aria-label', 'Images of the set; Enter enlarges them');
  const images = new Map(); // by the name of the file
  const enlarged = enlargeIn(element, () => [...images.values()].map(({ image }) => image));
  const lists = new Map(); // by the name of the class
  let wanted = null; // the moment to show next
  let isLoading = false;

  function clear() {
    [images, lists].forEach(known => known.clear());
    wanted = null;
    element.replaceChildren();
  }

  /** Adds an image, or tells anew what a known one shows; without a source it is shown later. */
  function add(row, source) {
    const text = describe(row);
    const known = images.get(row.file_name);
    const { image, words } = known ?? {
      image: make('img', { width: 72, height: 72, src: source }),
      words: source || row.label ? null : make('p', { class: 'hint' }), // read while it is learned
    };
    Object.assign(image, { alt: text, title: text });
    image.dataset.file = row.file_name;
    if (words) words.textContent = row.caption;
    if (known) return;
    images.set(row.file_name, { image, words });
    listOf(row.label ?? '').append(make('li', {}, image, words));
  }

  function listOf(label) {
    if (!lists.has(label)) {
      const list = make('ul', { 'aria-label': label || null });
      lists.set(label, list);
      element.append(make('section', {}, label ? make('h4', { title: label }, label) : null, list));
    }
    return lists.get(label);
  }

  /** Shows all images as they were at a moment, at once when the last of them is there. */
  async function show(moment) {
    wanted = moment;
    if (isLoading) return; // goes on below, so that a quick run cannot put it off forever
    isLoading = true;
    while (wanted) {
      const { source } = wanted;
      wanted = null;
      const found = [...images].map(async ([file, { image }]) => [image, await load(source(file))]);
      for (const [image, loaded] of await Promise.all(found)) if (loaded) image.src = loaded;
    }
    isLoading = false;
  }

  return { element, enlarged, clear, add, show, size: () => images.size };
}

/** The address of an image once the browser can draw it; null where there is none. */
const load = source => {
  const image = new Image();
  image.src = source;
  return image.decode().then(
    () => source,
    () => null,
  );
};

function describe({ prototype, caption, label, similarity }) {
  if (label) return `${label}, image ${prototype + 1}`;
  const alike = similarity ? ` (similarity ${fixed(similarity)})` : '';
  return `Pair ${prototype + 1}: ${caption}${alike}`;
}
