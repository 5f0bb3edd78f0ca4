// Words of one stem say one thing: of several that begin alike, the first stands for all. As
// explorer/core/labels.py has it for the words of one prototype.

const ALIKE = 5; // letters that words of one stem begin with, roughly; a plural of fewer counts, too

/** @param {string} word */
const stem = word => word.replace(/s$/, '').slice(0, ALIKE);

/** The first of each stem, without those whose stem was said.
 * @param {string[]} words
 * @param {string[]} said
 */
export function eachStemOnce(words, said = []) {
  const stems = new Set(said.map(stem));
  return words.filter(word => stems.size < stems.add(stem(word)).size);
}
