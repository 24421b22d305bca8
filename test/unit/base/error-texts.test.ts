import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { listErrors } from "../../../scripts/list-errors.ts";
import { root } from "../../../scripts/rooms.ts";
import {
  DsdnError,
  type ErrorSpec,
  type Facts,
  type Language,
  looksEnglish,
  renderError,
} from "../../../src/base/index.ts";

const errors = await listErrors((path) => import(pathToFileURL(join(root, path)).href));
const specs = errors.map(({ spec }) => spec);

/**
 * Words of the inside of the program and of the libraries under it, which say nothing to a user. What the glossary
 * explains (blob, namespace, replica, lease as "upload lease", sequencer, validator) is not among them.
 */
const RAW = [
  /\bquorums?\b/i,
  /\breducers?\b/i,
  /\bmempool\b/i,
  /\boutbox\b/i,
  /\bundefined\b/i,
  /\bNaN\b/,
  /\bnull\b/,
  /\[object /,
  /\bzod\b/i,
  /\bfetch failed\b/i,
  /\bsocket hang up\b/i,
  /\bE[A-Z]{3,}\b/,
  /\bERR_[A-Z]/,
  /\b[A-Z]\w*(?:Error|Exception)\b/,
  /\bUnexpected token\b/,
  /\bInvalid input\b/,
  /\breceived (?:undefined|string|number|null)\b/,
  /\bstack ?trace\b/i,
  /\bat \w+ \(/,
  /\bassert(?:ion)?\b/i,
  /\bdeadlock|mutex|semaphore\b/i,
  /\bgossip|heartbeat|watchdog\b/i,
  /\bcbor\b/i,
  /\bprotobuf\b/i,
  /\bsyscall|errno\b/i,
  /\bcallback|listener\b/i,
  /\b[A-Z][a-z]+(?:Published|Submitted|Granted|Requested|Registered|Updated|Promoted)\b/,
  /\{\w+\}/,
];

/** What libraries, the system and the log give as reasons, as they come. */
const reasons = [
  "ECONNREFUSED",
  "ENOTFOUND",
  "EACCES",
  "EUNHEARDOF",
  "connect ECONNREFUSED 127.0.0.1:45831",
  "fetch failed",
  "socket hang up",
  'Unexpected token "<", "<!doctype "... is not valid JSON',
  "owner: Invalid input: expected string, received undefined",
  "quota",
  "pointer-sequence",
  "it is stopped",
];

/** What a fact of that name looks like in a real message. */
const plausible: { readonly [name: string]: string | number } = {
  kind: "ObjectPublished",
  path: "/home/budi/notes.txt",
  name: "toko",
  seconds: 30,
  zones: 1,
  needed: 2,
  state: "HTTP 502",
};

function factsOf({ text }: ErrorSpec, reason: string): Facts {
  const names = [...`${text.en}${text.enHint}`.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
  return Object.fromEntries(names.map((name) => [name, name === "reason" ? reason : (plausible[name] ?? "x7")]));
}

function textOf(spec: ErrorSpec, facts: Facts, language: Language): string {
  const { message, hint } = renderError(new DsdnError(spec, facts), language);
  return `${message} ${hint}`;
}

describe("every error of every room", () => {
  test("says nothing of the inside of the program, whatever caused it, in either language", () => {
    const found = specs.flatMap((spec) =>
      reasons.flatMap((reason) =>
        (["en", "id"] as const).flatMap((language) => {
          const text = textOf(spec, factsOf(spec, spec.quotes?.includes("reason") ? "no money" : reason), language);
          return RAW.filter((term) => term.test(text)).map((term) => `${spec.code} ${language} ${term}: ${text}`);
        }),
      ),
    );
    expect([...new Set(found)]).toEqual([]);
  });

  test("speaks Indonesian without English sentences, and English without being the same", () => {
    const wrong = specs.filter((spec) => {
      const { en, enHint } = spec.text;
      // A slot says nothing of the language.
      const [id = en, idHint = enHint] = [spec.text.id, spec.text.idHint].map((text) => text.replace(/\{\w+\}/g, "x"));
      return (
        id.split(/(?<=[.?!]) /).some(looksEnglish) ||
        idHint.split(/(?<=[.?!]) /).some(looksEnglish) ||
        id === en ||
        idHint === enHint
      );
    });
    expect(wrong.map(({ code, text }) => `${code}: ${text.id} ${text.idHint}`)).toEqual([]);
  });

  test("says what happens and how long it takes while a workload is being moved", () => {
    const moving = specs.filter(({ text }) =>
      text.id.startsWith("Sistem sedang memindahkan workload. Estimasi 30-60 detik."),
    );
    expect(moving.map(({ code }) => code)).toEqual(["DSDN_INGRESS_MOVING", "DSDN_NODE_WORKLOAD_MISSING"]);
  });
});

test("the list finds what it is there to find", () => {
  const bad = [
    "replica quorum not met",
    "connect ECONNREFUSED 127.0.0.1:1",
    "x is undefined",
    "TypeError: x",
    "{name}",
  ];
  expect(bad.filter((text) => !RAW.some((term) => term.test(text)))).toEqual([]);
});
