// The address of the page holds what the map shows, so that it can be kept and sent: data, models and
// number of prototypes, which the server reads, and the view, which is read here. What else stands in
// the address stays, and what cannot be read is left out.

import { put } from '../common/address.js';

const VIEW = ['space', 'colours', 'images', 'prototype', 'point', 'camera'];
const FILTERS = ['filters', 'where', 'rows']; // of what was shown before; columns/sharing.js writes them
const WAIT_MS = 300; // browsers allow few changes of an address per second
const DIGITS = 5;

/** The view that the address asks for: { space, colours, images, number, point, camera }, each
 * may be null. */
export function readView() {
  const asked = new URLSearchParams(location.search);
  /** @param {string} name */
  const whole = name => (/^\d{1,9}$/.test(asked.get(name) ?? '') ? Number(asked.get(name)) : null);
  const camera = (asked.get('camera') || 'none').split(',').map(Number);
  const prototype = whole('prototype'); // counted from 1, as on the page; `number` from 0
  return {
    space: asked.get('space'),
    colours: asked.get('colours'),
    images: asked.get('images'),
    number: prototype ? prototype - 1 : null,
    point: whole('point'),
    camera: camera.length === 3 && camera.every(Number.isFinite) && camera[2] > 0 ? camera : null,
  };
}

/** @typedef {import('../common/address.js').Values} Values */

/** Keeps the address up to date; shown() says what is: { data, bundle, n_prototypes } and the view.
 * @param {() => Values & { number: number | null, camera: number[] | null }} shown
 */
export function makeLink(shown) {
  let timer = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);

  function write() {
    clearTimeout(timer);
    const { number, camera, ...rest } = shown();
    put({
      ...rest,
      prototype: number === null ? null : number + 1,
      camera: camera && camera.map(value => Number(value.toPrecision(DIGITS))).join(),
    });
  }

  /** Another map was asked for; the view of the one before is forgotten.
   * @param {Values} config
   */
  function begin(config) {
    clearTimeout(timer);
    put({ ...Object.fromEntries([...VIEW, ...FILTERS].map(name => [name, null])), ...config });
  }

  function changed() {
    clearTimeout(timer);
    timer = setTimeout(write, WAIT_MS);
  }

  return { begin, changed, write };
}
