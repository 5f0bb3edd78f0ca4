// The card beside the cursor: the image under it and its caption, together or not at all.

import { address, ask, make } from '../common/page.js';

const WAIT_MS = 12; // a cursor in flight asks for nothing
const KEPT = 400;

export function makeHover(frame) {
  const image = make('img', { alt: '', width: 96, height: 96 });
  const caption = make('p');
  const card = make('div', { class: 'map-hover', 'aria-hidden': 'true' }, image, caption);
  frame.append(card);
  const known = new Map(); // path -> promise of what to show
  let wanted = null;
  let timer = 0;

  function fetchPoint(key, space, i) {
    const path = `/prepared/${key}/points/${space}/${i}`;
    if (!known.has(path)) {
      if (known.size > KEPT) known.delete(known.keys().next().value);
      known.set(path, load(path));
    }
    return known.get(path);
  }

  async function load(path) {
    const image = new Image();
    image.src = address(`${path}.webp`);
    const [about] = await Promise.all([ask(path), image.decode()]);
    return { about, source: image.src };
  }

  function show(key, space, i, [x, y]) {
    wanted = `${key}/${space}/${i}`;
    const own = wanted;
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const shown = await fetchPoint(key, space, i).catch(() => null);
      if (wanted !== own || !shown) return;
      image.src = shown.source;
      caption.textContent = shown.about.captions[0];
      place(x, y);
      card.dataset.point = i;
      card.classList.add('is-shown');
    }, WAIT_MS);
  }

  function place(x, y) {
    const { offsetWidth: width, offsetHeight: height } = card;
    const left = x + 18 + width > frame.clientWidth ? x - 18 - width : x + 18;
    const top = y + 14 + height > frame.clientHeight ? y - 14 - height : y + 14;
    card.style.transform = `translate(${Math.max(4, left)}px, ${Math.max(4, top)}px)`;
  }

  function hide() {
    wanted = null;
    clearTimeout(timer);
    card.classList.remove('is-shown');
    delete card.dataset.point;
  }

  return { show, hide, fetchPoint };
}
