// Regions of the map: prototypes that lie near each other, in levels that refine, each with a name made
// of the words of its prototypes.

import { eachStemOnce } from './stems.js';

/** @typedef {{ x: Float32Array, y: Float32Array }} Spots */
/** @typedef {{ label: string, n_rows: number }} Prototype */
/** @typedef {{ name: string, members: number[], at: number, n_rows: number }} Region `at` is the
 * prototype whose mark stands in the middle of it */

const FEWEST = 8; // prototypes, below which their own names are enough
const [WIDEST, FINEST] = [12, 48]; // regions of the first and of the second level at most
const PER_FINE = 3.5; // prototypes in a region of the second level
const MOST = 3000; // prototypes that are joined; the largest, because time grows with their square
const OF_PLACE = [1, 0.8, 0.6]; // what a word counts by its place among the words of a prototype
const CLOSE = 0.6; // of the first word's score, from which a second one says something, too
const MOST_WORDS = 2;

/** The regions of each level, the widest first; no level where there are few prototypes.
 * @param {Spots} spots where the prototypes' marks stand, NaN for those without
 * @param {Prototype[]} prototypes
 * @returns {Region[][]}
 */
export function makeRegions(spots, prototypes) {
  const placed = [...prototypes.keys()].filter(p => !Number.isNaN(spots.x[p]));
  placed.sort((a, b) => prototypes[b].n_rows - prototypes[a].n_rows);
  const joined = placed.slice(0, MOST);
  if (joined.length < FEWEST) return [];
  const merges = mergeAll(joined, spots, prototypes);
  const wide = Math.max(2, Math.min(WIDEST, Math.round(0.9 * Math.sqrt(joined.length))));
  const fine = Math.min(FINEST, Math.round(joined.length / PER_FINE));
  const counts = fine >= 2 * wide ? [wide, fine] : [wide];
  return counts.map(count => {
    const groups = cut(joined, merges, count);
    const names = nameAll(groups, prototypes, MOST_WORDS);
    const regions = groups.map((members, g) => ({
      name: names[g],
      members,
      at: middle(members, spots, prototypes),
      n_rows: rowsOf(members, prototypes),
    }));
    return regions.filter(({ name }) => name).sort((a, b) => b.n_rows - a.n_rows);
  });
}

/** @param {number[]} members @param {Prototype[]} prototypes */
const rowsOf = (members, prototypes) => members.reduce((sum, p) => sum + prototypes[p].n_rows, 0);

/** Ward's tree by chains of nearest neighbours: pairs of clusters, each named by one of its members,
 * and what joining them costs.
 * @param {number[]} placed
 * @param {Spots} spots
 * @param {Prototype[]} prototypes
 */
function mergeAll(placed, spots, prototypes) {
  const clusters = placed.map(p => ({
    p,
    x: spots.x[p],
    y: spots.y[p],
    weight: 1 + prototypes[p].n_rows,
  }));
  const merges = [];
  /** @type {typeof clusters} */
  const chain = [];
  while (clusters.length > 1) {
    if (!chain.length) chain.push(clusters[0]);
    const last = chain[chain.length - 1];
    /** @type {typeof last | undefined} */
    const before = chain[chain.length - 2];
    let best = before;
    let least = before ? cost(last, before) : Infinity;
    for (const each of clusters) {
      if (each === last || each === before) continue;
      const price = cost(last, each);
      if (price < least) [best, least] = [each, price];
    }
    if (!best || best !== before) {
      chain.push(/** @type {typeof last} */ (best));
      continue;
    }
    chain.length -= 2;
    merges.push({ a: last.p, b: best.p, cost: least });
    clusters.splice(clusters.indexOf(best), 1);
    const weight = last.weight + best.weight;
    last.x = (last.x * last.weight + best.x * best.weight) / weight;
    last.y = (last.y * last.weight + best.y * best.weight) / weight;
    last.weight = weight;
  }
  return merges.sort((a, b) => a.cost - b.cost);
}

/** @typedef {{ x: number, y: number, weight: number }} Cluster */
/** @param {Cluster} a @param {Cluster} b */
const cost = (a, b) =>
  ((a.weight * b.weight) / (a.weight + b.weight)) * ((a.x - b.x) ** 2 + (a.y - b.y) ** 2);

/** The members of each of `count` clusters.
 * @param {number[]} placed
 * @param {{ a: number, b: number }[]} merges the cheapest first
 * @param {number} count
 * @returns {number[][]}
 */
function cut(placed, merges, count) {
  const parent = new Map(placed.map(p => [p, p]));
  /** @param {number} p */
  const rootOf = p => {
    let root = p;
    while (parent.get(root) !== root) root = /** @type {number} */ (parent.get(root));
    return root;
  };
  for (const { a, b } of merges.slice(0, Math.max(0, placed.length - count)))
    parent.set(rootOf(b), rootOf(a));
  /** @type {Map<number, number[]>} */
  const groups = new Map();
  for (const p of placed) groups.set(rootOf(p), [...(groups.get(rootOf(p)) ?? []), p]);
  return [...groups.values()];
}

/** The prototype from which all others are nearest, larger ones counting more.
 * @param {number[]} members
 * @param {Spots} spots
 * @param {Prototype[]} prototypes
 */
function middle(members, { x, y }, prototypes) {
  let [best, least] = [members[0], Infinity];
  for (const p of members) {
    let sum = 0;
    for (const q of members) sum += prototypes[q].n_rows * Math.hypot(x[p] - x[q], y[p] - y[q]);
    if (sum < least) [best, least] = [p, sum];
  }
  return best;
}

/** Names of groups: words that are common in one and rare in the others, at most `most` of them, and one
 * more where two groups would be called alike. A group without words has "".
 * @param {number[][]} groups
 * @param {Prototype[]} prototypes
 * @param {number} most
 * @returns {string[]}
 */
export function nameAll(groups, prototypes, most) {
  const shares = groups.map(members => sharesOf(members, prototypes));
  /** @type {Map<string, number>} */
  const total = new Map();
  for (const own of shares)
    for (const [word, share] of own) total.set(word, share + (total.get(word) ?? 0));
  const taken = new Set();
  return shares.map(own => {
    /** @param {[string, number]} entry */
    const score = ([word, share]) =>
      share * Math.log(1 + groups.length / /** @type {number} */ (total.get(word)));
    const scores = new Map([...own].map(entry => [entry[0], score(entry)]));
    /** @param {string} word */
    const of = word => /** @type {number} */ (scores.get(word));
    const ranked = [...own.keys()].sort((a, b) => of(b) - of(a) || (a < b ? -1 : 1));
    const words = eachStemOnce(ranked);
    const enough = words.filter(word => of(word) >= CLOSE * of(words[0]));
    let n = Math.min(most, enough.length);
    const name = () => words.slice(0, n).join(' · ');
    while (taken.has(name()) && n < words.length) n++;
    taken.add(name());
    return name();
  });
}

/** How much of a group's rows lie in prototypes that have a word, those in front counting more.
 * @param {number[]} members
 * @param {Prototype[]} prototypes
 * @returns {Map<string, number>}
 */
function sharesOf(members, prototypes) {
  const all = rowsOf(members, prototypes) || 1;
  const shares = new Map();
  for (const p of members) {
    const words = prototypes[p].label.split(' · ').filter(Boolean);
    words.forEach((word, at) => {
      const counts = OF_PLACE[at] ?? OF_PLACE[OF_PLACE.length - 1];
      shares.set(word, (shares.get(word) ?? 0) + (counts * prototypes[p].n_rows) / all);
    });
  }
  return shares;
}

/** The level that is read at a closeness, as of camera.js; -1 where prototypes alone are named.
 * @param {Region[][]} levels
 * @param {number} closeness
 */
export function levelAt(levels, closeness) {
  const level = CLOSENESS.findIndex(until => closeness < until);
  if (level < 0 || !levels.length) return -1;
  return Math.min(level, levels.length - 1);
}

const CLOSENESS = [1.9, 5]; // until which each level is read
