import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createTxtLookup } from "../../../src/net/index.ts";
import {
  encodeName,
  type NameServer,
  type Question,
  type Reply,
  recordTypes,
  startNameServer,
  txtRecord,
} from "../../name-server.ts";

const NAME = "_dsdn.shop.example";
let server: NameServer;

beforeEach(async () => {
  server = await startNameServer();
});
afterEach(() => server.close());

/** A limit for what hangs: a busy machine answers late, and would be asked again. */
const PATIENT_MS = 20_000;
/** For questions that nobody answers. */
const SHORT_MS = 100;
const find = (name = NAME, timeoutMs = PATIENT_MS) =>
  createTxtLookup({ servers: [server.address], timeoutMs }).find(name);
const answer = (...replies: Reply[]) => server.answerWith(() => replies);
const good: Reply = { records: [txtRecord(["dsdn=good"])] };

describe("looking up TXT records at a real server", () => {
  test("gives each record in its pieces, also those beside it and one without any text", async () => {
    server.txt.set(NAME, [["v=spf1 -all"], ["dsdn=", "a".repeat(255)], [""]]);
    expect((await find()).toSorted()).toEqual([[""], ["dsdn=", "a".repeat(255)], ["v=spf1 -all"]]);
    expect(server.asked).toEqual([{ name: NAME, type: recordTypes.txt, isTcp: false }]);
  });

  test("sees at once that a record was set, changed or removed", async () => {
    expect(await find()).toEqual([]);
    server.txt.set(NAME, [["one"]]);
    expect(await find()).toEqual([["one"]]);
    server.txt.set(NAME, [["two"]]);
    expect(await find()).toEqual([["two"]]);
    server.txt.delete(NAME);
    expect(await find()).toEqual([]);
  });

  test("asks over TCP when an answer was cut, and takes what is there then", async () => {
    const records = Array.from({ length: 60 }, (_, index) => [`record ${index} ${"x".repeat(200)}`]);
    server.txt.set(NAME, records);
    expect((await find()).toSorted()).toEqual(records.toSorted());
    expect(server.asked.map(({ isTcp }) => isTcp)).toEqual([false, true]);
  });

  test("follows the alias an answer names", async () => {
    const data = encodeName("elsewhere.example");
    answer({
      records: [
        { type: recordTypes.cname, data },
        { ...txtRecord(["there"]), name: "elsewhere.example" },
      ],
    });
    expect(await find()).toEqual([["there"]]);
  });

  test("looks at a hundred records and no more, and at one of 60,000 bytes", async () => {
    server.txt.set(
      NAME,
      Array.from({ length: 2_000 }, (_, index) => [`${index}`]),
    );
    expect(await find()).toHaveLength(100);
    const pieces = Array.from({ length: 235 }, () => "x".repeat(255));
    server.txt.set(NAME, [pieces]);
    expect((await find()).flat().join("")).toHaveLength(235 * 255);
  });

  test.each<[string, Reply]>([
    ["there is no such name", { code: 3 }],
    ["the server failed", { code: 2 }],
    ["the server refuses", { code: 5 }],
    ["the name has no TXT record", {}],
    ["the only record is of another type", { records: [{ type: recordTypes.a, data: Buffer.from([1, 2, 3, 4]) }] }],
    [
      "a piece is longer than its record",
      { records: [{ type: recordTypes.txt, data: Buffer.from("\xffab", "latin1") }] },
    ],
    ["the record is longer than the message", { bytes: (id) => rawReply(id, "001000010000000100ff01") }],
    ["the name of the record points at itself", { bytes: (id) => loopingReply(id) }],
    ["the answer is not DNS", { bytes: () => Buffer.from("HTTP/1.1 200 OK\r\n\r\n") }],
    ["the answer has no more than an id", { bytes: (id) => id }],
  ])("finds nothing when %s", async (_why, reply) => {
    answer(reply);
    expect(await find(NAME, SHORT_MS)).toEqual([]);
  });

  test("reads a record of a message that is written byte by byte", async () => {
    answer({ bytes: (id) => rawReply(id, "001000010000000100020161") });
    expect(await find()).toEqual([["a"]]);
  });

  test("believes no answer with another id or to another question, and waits for its own", async () => {
    const other = Buffer.concat([encodeName("_dsdn.other.example"), Buffer.from([0, recordTypes.txt, 0, 1])]);
    const forged = { records: [txtRecord(["dsdn=forged"])] };
    answer({ ...forged, idShift: 1 }, { ...forged, idShift: 0x8000 }, { ...forged, question: other }, good);
    expect(await find()).toEqual([["dsdn=good"]]);
    answer({ ...forged, idShift: 1 });
    expect(await find(NAME, SHORT_MS)).toEqual([]);
  });

  test("asks a silent server twice and gives up", async () => {
    answer();
    expect(await find(NAME, SHORT_MS)).toEqual([]);
    expect(server.asked).toHaveLength(2);
  });

  test("takes the answer to the second question when the first was lost", async () => {
    let count = 0;
    server.answerWith(() => (++count === 1 ? [] : [good]));
    expect(await find(NAME, 1_000)).toEqual([["dsdn=good"]]);
  });

  test("asks the next server when one is not there", async () => {
    const gone = await startNameServer();
    await gone.close();
    server.txt.set(NAME, [["here"]]);
    const lookup = createTxtLookup({ servers: [gone.address, server.address], timeoutMs: PATIENT_MS });
    expect(await lookup.find(NAME)).toEqual([["here"]]);
  });

  test.each(["_dsdn.shop.test", "_dsdn.a.localhost", "_dsdn.a.invalid"])(
    "asks nobody for %s, which is never in DNS",
    async (name) => {
      server.txt.set(name, [["found"]]);
      expect(await find(name)).toEqual([]);
      expect(server.asked).toEqual([] satisfies Question[]);
    },
  );
});

test.each(["resolver.example", "", "127.0.0.1:0x35", "127.0.0.1:99999", "http://127.0.0.1"])(
  "'%s' is refused as the address of a resolver before anything is looked up",
  (address) => {
    expect(() => createTxtLookup({ servers: [address] })).toThrow(
      expect.objectContaining({ code: "DSDN_NET_RESOLVER_INVALID", facts: { servers: address } }),
    );
  },
);

/** One answer for the question, and what follows the question. */
function rawReply(id: Buffer, rest: string): Buffer {
  const question = Buffer.concat([encodeName(NAME), Buffer.from([0, recordTypes.txt, 0, 1])]);
  const head = Buffer.from("81800001000100000000", "hex");
  return Buffer.concat([id, head, question, Buffer.from("c00c", "hex"), Buffer.from(rest, "hex")]);
}

function loopingReply(id: Buffer): Buffer {
  const at = 12 + encodeName(NAME).length + 4;
  const pointer = Buffer.from([0xc0 | (at >> 8), at & 255]).toString("hex");
  const whole = rawReply(id, "001000010000000100020161");
  whole.write(pointer, at, "hex");
  return whole;
}
