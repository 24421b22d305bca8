/** A DNS server on the loopback interface, over UDP and TCP at one port. @source RFC 1035 section 4, RFC 7766 */
import { createSocket } from "node:dgram";
import { createServer, type Socket } from "node:net";

export interface Question {
  readonly name: string;
  readonly type: number;
  readonly isTcp: boolean;
}

/** One answer; `bytes` replaces all of it. */
export interface Reply {
  /** 0 no error, 2 SERVFAIL, 3 NXDOMAIN, 5 REFUSED. */
  readonly code?: number;
  readonly records?: readonly NameRecord[];
  readonly isTruncated?: boolean;
  /** Added to the question's id. */
  readonly idShift?: number;
  /** Asked, instead of what was. */
  readonly question?: Buffer;
  readonly bytes?: (id: Buffer) => Buffer;
}

export interface NameRecord {
  /** That of the question unless said. */
  readonly name?: string;
  readonly type: number;
  readonly data: Buffer;
}

export const recordTypes = { a: 1, cname: 5, txt: 16, aaaa: 28 } as const;
/** What one UDP answer holds at most here. */
const DATAGRAM_BYTES = 1_232;

export interface NameServer {
  /** `127.0.0.1:<port>`. */
  readonly address: string;
  readonly port: number;
  /** TXT records by lower-case name, each in its pieces. */
  readonly txt: Map<string, readonly (readonly string[])[]>;
  readonly asked: Question[];
  /** Answers instead of `txt`; several replies to one question go out one after the other. */
  answerWith(answer: (question: Question) => readonly Reply[]): void;
  close(): Promise<void>;
}

/** Answers TXT from `txt`, every A with 127.0.0.1, and everything else with nothing. */
export async function startNameServer(): Promise<NameServer> {
  const txt: NameServer["txt"] = new Map();
  const asked: Question[] = [];
  let answer = (question: Question): readonly Reply[] => [usualReply(txt, question)];
  const reply = (message: Buffer, isTcp: boolean): Buffer[] => {
    const question = { ...readQuestion(message), isTcp };
    asked.push(question);
    return answer(question).map((one) => encodeReply(message, one, isTcp));
  };
  const datagrams = createSocket("udp4");
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
    // Over TCP a length goes before each message; a short question comes in one piece.
    socket.on("data", (bytes) => {
      for (const one of reply(bytes.subarray(2), true)) {
        socket.write(Buffer.concat([Buffer.from([one.length >> 8, one.length & 255]), one]));
      }
    });
  });
  datagrams.on("message", (message, { port, address }) => {
    for (const one of reply(message, false)) datagrams.send(one, port, address);
  });
  const port = await bindBoth(server, datagrams);
  return {
    address: `127.0.0.1:${port}`,
    port,
    txt,
    asked,
    answerWith: (next) => {
      answer = next;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => datagrams.close(() => resolve()));
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** The port of the one may be taken at the other: another is tried then. */
async function bindBoth(server: ReturnType<typeof createServer>, datagrams: ReturnType<typeof createSocket>) {
  for (;;) {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const isBound = await new Promise<boolean>((resolve) => {
      datagrams.once("error", () => resolve(false));
      datagrams.bind(port, "127.0.0.1", () => resolve(true));
    });
    if (isBound) return port;
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}

/** Each text is one piece of the record, at most 255 bytes. */
export function txtRecord(pieces: readonly string[]): NameRecord {
  const data = pieces.map((piece) => Buffer.concat([Buffer.from([Buffer.byteLength(piece)]), Buffer.from(piece)]));
  return { type: recordTypes.txt, data: Buffer.concat(data) };
}

export function encodeName(name: string): Buffer {
  const labels = name.split(".").map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]));
  return Buffer.concat([...labels, Buffer.from([0])]);
}

function usualReply(txt: NameServer["txt"], { name, type }: Question): Reply {
  if (type === recordTypes.a) return { records: [{ type, data: Buffer.from([127, 0, 0, 1]) }] };
  if (type !== recordTypes.txt) return {};
  const found = txt.get(name.toLowerCase());
  return found === undefined ? { code: 3 } : { records: found.map(txtRecord) };
}

function readQuestion(message: Buffer): Omit<Question, "isTcp"> {
  const labels: string[] = [];
  let at = 12;
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    labels.push(message.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join("."), type: message.readUInt16BE(at + 1) };
}

function encodeReply(message: Buffer, reply: Reply, isTcp: boolean): Buffer {
  const { code = 0, records = [], isTruncated = false, idShift = 0 } = reply;
  const id = Buffer.from(message.subarray(0, 2));
  id.writeUInt16BE((id.readUInt16BE() + idShift) & 0xffff);
  if (reply.bytes !== undefined) return reply.bytes(id);
  const question = reply.question ?? message.subarray(12, message.indexOf(0, 12) + 5);
  const body = records.map(({ name, type, data }) => {
    const fields = Buffer.alloc(10);
    fields.writeUInt16BE(type, 0);
    fields.writeUInt16BE(1, 2);
    fields.writeUInt16BE(data.length, 8);
    return Buffer.concat([name === undefined ? Buffer.from([0xc0, 12]) : encodeName(name), fields, data]);
  });
  const size = 12 + question.length + body.reduce((sum, { length }) => sum + length, 0);
  const isCut = isTruncated || (!isTcp && size > DATAGRAM_BYTES);
  const header = Buffer.alloc(10);
  header.writeUInt16BE(0x8180 | (isCut ? 0x0200 : 0) | code, 0);
  header.writeUInt16BE(1, 2);
  header.writeUInt16BE(isCut ? 0 : records.length, 4);
  return Buffer.concat([id, header, question, ...(isCut ? [] : body)]);
}
