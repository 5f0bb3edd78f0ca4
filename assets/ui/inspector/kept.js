// The image that a person kept for a prototype.

import { address, make } from '../common/page.js';

/** The image that a distilled set will hold, where a person kept one. */
export function keptImage({ key }, { prototype, kept_image: how }) {
  if (!how) return null;
  const settings = `Seed ${how.seed}, ${how.steps} steps, guidance ${how.guidance}, noise level ${how.noise_level}.`;
  const gone = make(
    'p',
    { class: 'hint', hidden: true },
    'It is not at hand on this machine, and will be drawn again for the set.',
  );
  const image = make('img', {
    src: address(`/prepared/${key}/prototypes/${prototype}/kept.png`),
    alt: 'The kept image',
    width: 96,
    height: 96,
    onerror: () => ((image.hidden = true), (gone.hidden = false)),
  });
  return make(
    'section',
    { class: 'kept', 'aria-label': 'Kept image' },
    image,
    make(
      'div',
      {},
      make('h3', {}, 'Kept for the set'),
      make('p', { class: 'hint' }, `${settings} Another caption or another mean would give it up.`),
      gone,
    ),
  );
}
