import { describe, expect, test } from "vitest";
import { DsdnError } from "../../../src/base/index.ts";
import { readProjectFile } from "../../../src/intent/index.ts";

const read = (text: string) => readProjectFile(new TextEncoder().encode(text));

/** Code, place and field of what a file is refused for. */
async function refusal(input: string | Uint8Array): Promise<string> {
  const bytes = typeof input === "string" ? new TextEncoder().encode(input) : input;
  try {
    return JSON.stringify(await readProjectFile(bytes));
  } catch (error) {
    if (!(error instanceof DsdnError)) throw error;
    const { place, file, field } = error.facts;
    return [error.code.replace("DSDN_INTENT_", ""), place ?? file, field]
      .filter((part) => part !== undefined)
      .join(" ");
  }
}

test("a whole file is read, each value with its line", async () => {
  const file = await read(`# a shop
version: 1
intent:
  type: web_app
  priority: high
  visibility: public
name: shop
entry: ./src/server.ts
site: dist/
env:
  VERSION: 1.10
  DEBUG: no
  EMPTY: ""
grants:
  hosts: [api.example.com]
  objects: [bafyreigdmqpykrgxyaxtlafqpqhzrb7qy2rh75nldvfd4tucqmqqme5yje]
schedule: "30 2 * * *"
`);
  expect(file).toEqual({
    type: { value: "web_app", place: "dsdn.yaml:4" },
    priority: { value: "high", place: "dsdn.yaml:5" },
    visibility: { value: "public", place: "dsdn.yaml:6" },
    name: { value: "shop", place: "dsdn.yaml:7" },
    entry: { value: "src/server.ts", place: "dsdn.yaml:8" },
    site: { value: "dist", place: "dsdn.yaml:9" },
    env: {
      value: [
        { name: "DEBUG", value: "no" },
        { name: "EMPTY", value: "" },
        { name: "VERSION", value: "1.10" },
      ],
      place: "dsdn.yaml:11",
    },
    hosts: { value: ["api.example.com"], place: "dsdn.yaml:15" },
    objects: { value: ["bafyreigdmqpykrgxyaxtlafqpqhzrb7qy2rh75nldvfd4tucqmqqme5yje"], place: "dsdn.yaml:16" },
    schedule: { value: { cron: "30 2 * * *" }, place: "dsdn.yaml:17" },
  });
});

test.each(["", "# only a comment\n", "\ufeff# with a byte order mark\n", "---\n", "{}"])(
  "%j says nothing",
  async (text) => {
    expect(await read(text)).toEqual({});
  },
);

test("a schedule can have a time zone and rules", async () => {
  const { schedule } = await read(
    "schedule:\n  cron: '@daily'\n  timeZone: Asia/Jakarta\n  overlap: queue\n  missed: skip\n",
  );
  expect(schedule?.value).toEqual({ cron: "@daily", timeZone: "Asia/Jakarta", overlap: "queue", missed: "skip" });
});

const bomb = `a: &a [x,x]\n${"bcdefgh"
  .split("")
  .map((name, at) => `${name}: &${name} [*${"abcdefg"[at]},*${"abcdefg"[at]}]`)
  .join("\n")}\n`;
const utf16 = (text: string) => new Uint8Array(Buffer.from(`\ufeff${text}`, "utf16le"));

describe("what YAML can do beyond fields and values is refused", () => {
  test.each<[string, string | Uint8Array, string]>([
    ["C1: an alias bomb", bomb, "FILE_FEATURE dsdn.yaml:1"],
    ["C1: one alias", "name: &n x\nentry: *n\n", "FILE_FEATURE dsdn.yaml:1"],
    ["C1: an alias to nothing", "name: *n\n", "FILE_FEATURE dsdn.yaml:1"],
    ["C2: a merge key", "intent:\n  <<: {type: batch}\n", "FILE_FEATURE dsdn.yaml:2"],
    ["C2: __proto__", "__proto__:\n  name: x\n", "FIELD_UNKNOWN dsdn.yaml:1 __proto__"],
    ["C2: constructor", "intent:\n  constructor: {}\n", "FIELD_UNKNOWN dsdn.yaml:2 constructor"],
    ["C3: a field twice", "name: a\nname: b\n", "FIELD_TWICE dsdn.yaml:2 name"],
    ["C3: a field twice, once in quotes", 'name: a\n"name": b\n', "FIELD_TWICE dsdn.yaml:2 name"],
    ["C3: a field twice below another", "intent:\n  type: ai\n  type: ai\n", "FIELD_TWICE dsdn.yaml:3 type"],
    ["C4: no for a name is text in YAML 1.2", "name: no\n", '{"name":{"value":"no","place":"dsdn.yaml:1"}}'],
    ["C4: 012 for a name", "name: 012\n", "VALUE_INVALID dsdn.yaml:1 name"],
    ["C4: true for a name", "name: true\n", "VALUE_INVALID dsdn.yaml:1 name"],
    ["C4: .inf for a version", "version: .inf\n", "FILE_NEWER dsdn.yaml:1"],
    ["C4: 1_000 for a version", "version: 1_000\n", "VALUE_INVALID dsdn.yaml:1 version"],
    ["C4: no for a priority", "intent:\n  priority: no\n", "FIELD_INVALID dsdn.yaml:2 priority"],
    ["C5: a binary tag", "name: !!binary aGk=\n", "FILE_FEATURE dsdn.yaml:1"],
    ["C5: a code tag", "name: !!js/function 'x'\n", "FILE_FEATURE dsdn.yaml:1"],
    ["C5: a tag of its own", "!project\nname: x\n", "FILE_FEATURE dsdn.yaml:1"],
    ["C6: UTF-16", utf16("name: x\n"), "FILE_ENCODING dsdn.yaml"],
    ["C6: UTF-16 without a mark", new Uint8Array(Buffer.from("name: x\n", "utf16le")), "FILE_ENCODING dsdn.yaml:1"],
    ["C6: bytes that are no UTF-8", new Uint8Array([0x61, 0xff]), "FILE_ENCODING dsdn.yaml"],
    ["C6: a control character", "# a\nname: \u001b[31m\n", "FILE_ENCODING dsdn.yaml:2"],
    ["C6: a tab for indentation", "intent:\n\ttype: ai\n", "FILE_FEATURE dsdn.yaml:2"],
    ["C6: several documents", "name: a\n---\nname: b\n", "FILE_FEATURE dsdn.yaml:2"],
    ["C6: a directive", "%YAML 1.1\n---\nname: a\n", "FILE_FEATURE dsdn.yaml:1"],
    ["C6: 64 KiB and a byte", `#${" ".repeat(64 * 1024)}`, "FILE_TOO_LARGE dsdn.yaml"],
    ["C6: 10,000 lists in lists", "[".repeat(10_000), "FILE_FEATURE dsdn.yaml:1"],
    ["C6: 10,000 lists in lists, in lines", "- ".repeat(10_000), "FILE_FEATURE dsdn.yaml:1"],
    ["C6: 10,000 keys of keys", "? ".repeat(10_000), "FILE_FEATURE dsdn.yaml:1"],
    ["C6: 10,000 maps in maps", "{a: ".repeat(10_000), "FILE_FEATURE dsdn.yaml:1"],
    ["a key that is a list", "[a, b]: c\n", "FILE_FEATURE dsdn.yaml:1"],
    ["a list that is not closed", "name: [\n", "FILE_SYNTAX dsdn.yaml:2"],
    ["a line that is no field", "name: a\nhello\n", "FILE_SYNTAX dsdn.yaml:2"],
    ["C8: a newer version", "version: 2\n", "FILE_NEWER dsdn.yaml:1"],
    ["C8: a version in words", "version: new\n", "VALUE_INVALID dsdn.yaml:1 version"],
    ["C8: an unknown field", "name: a\ncolour: red\n", "FIELD_UNKNOWN dsdn.yaml:2 colour"],
    ["C8: an unknown field of the intent", "intent:\n  colour: red\n", "FIELD_UNKNOWN dsdn.yaml:2 colour"],
  ])("%s", async (_name, input, expected) => {
    expect(await refusal(input)).toBe(expected);
  });
});

describe("a project's file decides nothing that is not its own", () => {
  test.each([
    ["network: mainnet", "FIELD_NETWORK dsdn.yaml:1 network"],
    ["endpoint: http://evil.example", "FIELD_NETWORK dsdn.yaml:1 endpoint"],
    ["ingress_url: http://evil.example", "FIELD_NETWORK dsdn.yaml:1 ingress_url"],
    ["plugins: [./evil.js]", "FIELD_NETWORK dsdn.yaml:1 plugins"],
    ["hooks: {predeploy: rm}", "FIELD_COMMAND dsdn.yaml:1 hooks"],
    ["build: {command: make}", "FIELD_COMMAND dsdn.yaml:1 build"],
    ["scripts: {postinstall: x}", "FIELD_COMMAND dsdn.yaml:1 scripts"],
    ["secrets: {A: b}", "FIELD_SECRET dsdn.yaml:1 secrets"],
    ["api_key: x", "FIELD_SECRET dsdn.yaml:1 api_key"],
    ["type: batch", "FIELD_MISPLACED dsdn.yaml:1 type"],
    ["intent:\n  name: x", "FIELD_MISPLACED dsdn.yaml:2 name"],
    ["replicas: 3", "FIELD_PLACEMENT dsdn.yaml:1 replicas"],
    ["intent:\n  memory: 4GB", "FIELD_RESOURCE dsdn.yaml:2 memory"],
  ])("%j is refused with what to do instead", async (text, expected) => {
    expect(await refusal(text)).toBe(expected);
  });
});

describe("values are checked before anything uses them", () => {
  test.each([
    ["intent: web_app", "VALUE_INVALID dsdn.yaml:1 intent"],
    ["intent:", "VALUE_INVALID dsdn.yaml:1 intent"],
    ["intent:\n  type: vm", "FIELD_INVALID dsdn.yaml:2 type"],
    ["name: ../x", "VALUE_INVALID dsdn.yaml:1 name"],
    ["name: -x", "VALUE_INVALID dsdn.yaml:1 name"],
    [`name: ${"x".repeat(64)}`, "VALUE_INVALID dsdn.yaml:1 name"],
    ['name: "a\\u202eb"', "VALUE_INVALID dsdn.yaml:1 name"],
    ["entry: /etc/passwd", "VALUE_INVALID dsdn.yaml:1 entry"],
    ["entry: ../key.js", "VALUE_INVALID dsdn.yaml:1 entry"],
    ["entry: a/../../b.js", "VALUE_INVALID dsdn.yaml:1 entry"],
    ["entry: .", "VALUE_INVALID dsdn.yaml:1 entry"],
    ["site: ..", "VALUE_INVALID dsdn.yaml:1 site"],
    ["site: c:\\x", "VALUE_INVALID dsdn.yaml:1 site"],
    ["env: [A]", "VALUE_INVALID dsdn.yaml:1 env"],
    ["env:\n  9A: x", "VALUE_INVALID dsdn.yaml:2 env"],
    ["env:\n  A-B: x", "VALUE_INVALID dsdn.yaml:2 env"],
    ["env:\n  A:\n  B: x", "VALUE_INVALID dsdn.yaml:2 env A"],
    ["env:\n  A: {b: c}", "VALUE_INVALID dsdn.yaml:2 env A"],
    [`env:\n  A: ${"x".repeat(4097)}`, "VALUE_INVALID dsdn.yaml:2 env A"],
    ["args: --top", "VALUE_INVALID dsdn.yaml:1 args"],
    ["args: [a, [b]]", "VALUE_INVALID dsdn.yaml:1 args"],
    ["args: [a, ~]", "VALUE_INVALID dsdn.yaml:1 args"],
    ["grants:\n  hosts: api.example.com", "VALUE_INVALID dsdn.yaml:2 hosts"],
    ["grants:\n  hosts: ['https://api.example.com']", "VALUE_INVALID dsdn.yaml:2 hosts"],
    ["grants:\n  hosts: ['*.example.com']", "VALUE_INVALID dsdn.yaml:2 hosts"],
    ["grants:\n  hosts: [localhost]", "VALUE_INVALID dsdn.yaml:2 hosts"],
    [
      `grants:\n  hosts: [${Array.from({ length: 33 }, (_, at) => `a${at}.example`).join(", ")}]`,
      "VALUE_INVALID dsdn.yaml:2 hosts",
    ],
    ["grants:\n  objects: [bafyreihello]", "VALUE_INVALID dsdn.yaml:2 objects"],
    [
      "grants:\n  objects:\n    - bafkreigdmqpykrgxyaxtlafqpqhzrb7qy2rh75nldvfd4tucqmqqme5yje",
      "VALUE_INVALID dsdn.yaml:3 objects",
    ],
    ["schedule: every day", "VALUE_INVALID dsdn.yaml:1 schedule"],
    ["schedule: '0 0 31 2 *'", "VALUE_INVALID dsdn.yaml:1 schedule"],
    ["schedule:\n  timeZone: UTC", "VALUE_INVALID dsdn.yaml:2 cron"],
    ["schedule:\n  cron: '0 * * * *'\n  timeZone: Asia/Atlantis", "VALUE_INVALID dsdn.yaml:3 timeZone"],
    ["schedule:\n  cron: '0 * * * *'\n  overlap: allow", "FIELD_INVALID dsdn.yaml:3 overlap"],
    ["schedule:\n  cron: '0 * * * *'\n  seconds: 3", "FIELD_UNKNOWN dsdn.yaml:3 seconds"],
  ])("%j", async (text, expected) => {
    expect(await refusal(text)).toBe(expected);
  });

  test("`.` as the site is the project folder itself", async () => {
    expect((await read("site: .")).site?.value).toBe("");
  });
});
