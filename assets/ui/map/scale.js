// Numbers as steps of a scale of colours.

export const STEPS = 64;

/** The values that one in a hundred lies beyond: a few far ones do not take all the colours. */
export function endsOf(values) {
  const known = values.filter(value => !Number.isNaN(value)).sort();
  if (!known.length) return [0, 0];
  return [0.01, 0.99].map(share => known[Math.round(share * (known.length - 1))]);
}

/** A step for each value, -1 for none; values beyond the ends have those of the ends. */
export function classesOf(values, [low, high]) {
  const classes = new Int16Array(values.length);
  const each = STEPS / (high - low || 1);
  for (let i = 0; i < values.length; i++) {
    const step = Math.floor((values[i] - low) * each);
    classes[i] = Number.isNaN(values[i]) ? -1 : Math.max(0, Math.min(STEPS - 1, step));
  }
  return classes;
}
