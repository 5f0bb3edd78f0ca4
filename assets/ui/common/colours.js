// One colour per prototype, even to the eye: hues a golden angle apart in OKLCH.

const GOLDEN_DEGREES = 137.508;
const TIERS = { light: [0.58, 0.66, 0.5], dark: [0.72, 0.8, 0.64] };
const CHROMA = 0.125;

/** The colours of k prototypes as (4 k) bytes, red, green, blue, opaque.
 * @param {number} k
 * @param {boolean} dark
 */
export function palette(k, dark) {
  const tiers = dark ? TIERS.dark : TIERS.light;
  const bytes = new Uint8Array(4 * Math.max(1, k));
  for (let i = 0; i < k; i++) {
    const hue = (30 + i * GOLDEN_DEGREES) % 360;
    bytes.set(fromOklch(tiers[i % tiers.length], CHROMA, hue), 4 * i);
  }
  return bytes;
}

const WHEEL_DEGREES = 320; // so that the first and the last differ

/** The colours of prototypes, as `palette` gives them: those that are alike have hues alike, and
 * neighbours differ in lightness.
 * @param {{ place: number }[]} prototypes
 * @param {boolean} dark
 */
export function prototypeColours(prototypes, dark) {
  const tiers = dark ? TIERS.dark : TIERS.light;
  const bytes = new Uint8Array(4 * Math.max(1, prototypes.length));
  prototypes.forEach(({ place }, i) => {
    const hue = (30 + (WHEEL_DEGREES * place) / prototypes.length) % 360;
    bytes.set(fromOklch(tiers[Math.ceil(place) % tiers.length], CHROMA, hue), 4 * i);
  });
  return bytes;
}

// A scale runs from what is near the paper to what stands out from it: lightness changes evenly, so
// the order is seen without the hues, and both ends can be told from the paper.
const SCALE = {
  light: { lightness: [0.8, 0.3], hue: [85, 290], chroma: [0.14, 0.13] },
  dark: { lightness: [0.42, 0.94], hue: [290, 105], chroma: [0.13, 0.13] },
};

// One hue, from the paper on, for what is seen as an amount.
const SHADES = {
  light: { lightness: [0.96, 0.3], hue: [258, 258], chroma: [0.02, 0.16] },
  dark: { lightness: [0.3, 0.94], hue: [258, 258], chroma: [0.05, 0.06] },
};

/** A scale of `steps` colours as (4 steps) bytes, the least value first.
 * @param {number} steps
 * @param {boolean} dark
 */
export const ramp = (steps, dark) => between(dark ? SCALE.dark : SCALE.light, steps);

/** The same in one hue.
 * @param {number} steps
 * @param {boolean} dark
 */
export const shades = (steps, dark) => between(dark ? SHADES.dark : SHADES.light, steps);

/**
 * @param {{ lightness: number[], hue: number[], chroma: number[] }} scale
 * @param {number} steps
 */
function between({ lightness, hue, chroma }, steps) {
  const bytes = new Uint8Array(4 * steps);
  for (let i = 0; i < steps; i++) {
    /** @param {number[]} ends */
    const at = ([from, to]) => from + ((to - from) * i) / (steps - 1);
    bytes.set(fromOklch(at(lightness), at(chroma), at(hue)), 4 * i);
  }
  return bytes;
}

/** Two colours that are told apart in any light and by any eye: blue and orange.
 * @param {boolean} dark
 */
export function contrast(dark) {
  const lightness = dark ? [0.74, 0.76] : [0.52, 0.64];
  return Uint8Array.from([
    ...fromOklch(lightness[0], 0.13, 258),
    ...fromOklch(lightness[1], 0.15, 58),
  ]);
}

/** "rgb(1 2 3)" of prototype i.
 * @param {ArrayLike<number>} bytes
 * @param {number} i
 */
export const css = (bytes, i) => `rgb(${bytes[4 * i]} ${bytes[4 * i + 1]} ${bytes[4 * i + 2]})`;

// After https://bottosson.github.io/posts/oklab/; colours outside sRGB are cut off.
/**
 * @param {number} lightness
 * @param {number} chroma
 * @param {number} hue
 */
function fromOklch(lightness, chroma, hue) {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  return [...linear.map(encode), 255];
}

/** @param {number} linear */
function encode(linear) {
  const value = Math.min(1, Math.max(0, linear));
  const encoded = value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055;
  return Math.round(255 * encoded);
}
