/** The words of a sentence, in small letters. */
export function wordsOf(sentence) {
  return sentence.toLowerCase().match(/\p{Letter}+/gu) ?? [];
}

/** A sentence as the model takes it: 1 for each known word that is in it, 0 for each that is not. */
export function toNumbers(sentence, vocabulary) {
  const words = new Set(wordsOf(sentence));
  return vocabulary.map((word) => (words.has(word) ? 1 : 0));
}
