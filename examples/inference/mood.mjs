// Asks the model and reads its answer:
//   node mood.mjs ask "a sentence" "another"     writes the request to standard output
//   node mood.mjs tell answer.json "a sentence"  says what the answer means
import { readFileSync } from "node:fs";
import { toNumbers } from "./words.mjs";

const MOODS = ["good", "bad"];
const vocabulary = JSON.parse(readFileSync(new URL("vocabulary.json", import.meta.url), "utf8"));

/** All sentences in one request: a row for each. */
function ask(sentences) {
  const rows = sentences.map((sentence) => toNumbers(sentence, vocabulary));
  return { inputs: { words: { shape: [rows.length, vocabulary.length], data: rows.flat() } } };
}

/** The likelier mood of each row, with its chance. */
function tell(answer) {
  const { data } = answer.outputs.chances;
  return Array.from({ length: data.length / MOODS.length }, (_, row) => {
    const chances = data.slice(row * MOODS.length, (row + 1) * MOODS.length);
    const chance = Math.max(...chances);
    return `${MOODS[chances.indexOf(chance)]} (${Math.round(chance * 100)} %)`;
  });
}

const [verb, ...rest] = process.argv.slice(2);
if (verb === "ask" && rest.length > 0) console.log(JSON.stringify(ask(rest)));
else if (verb === "tell" && rest.length > 0) {
  const [file = "", ...sentences] = rest;
  const moods = tell(JSON.parse(readFileSync(file, "utf8")));
  for (const [at, mood] of moods.entries()) console.log(`${mood}: ${sentences[at] ?? `sentence ${at + 1}`}`);
} else {
  console.error("node mood.mjs ask <sentence>... | tell <answer.json> [<sentence>...]");
  process.exitCode = 2;
}
