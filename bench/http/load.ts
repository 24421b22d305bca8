// A load generator: keep-alive connections that each send the next request when the answer to the last one is complete.
// Bytes over bare sockets, because a client library would need more of the processor than the servers it measures.
// Called with one JSON argument, prints `{"perSecond": ...}`; any status but the wanted one ends it.
import { connect, type Socket } from "node:net";

interface Load {
  readonly port: number;
  readonly host: string;
  readonly path: string;
  /** Further fields of every request. */
  readonly headers?: readonly string[];
  readonly connections: number;
  readonly warmUpMs: number;
  readonly measuredMs: number;
}

const load = JSON.parse(process.argv[2] ?? "{}") as Load;
const fields = [`Host: ${load.host}`, "Accept: */*", "User-Agent: dsdn-bench", ...(load.headers ?? [])];
const request = Buffer.from(`GET ${load.path} HTTP/1.1\r\n${fields.join("\r\n")}\r\n\r\n`);
const HEAD_END = Buffer.from("\r\n\r\n");
const LAST_CHUNK = Buffer.from("\r\n0\r\n\r\n");
let answered = 0;

/** Asks again and again on one connection. */
function ask(socket: Socket): void {
  let held = Buffer.alloc(0);
  socket.setNoDelay(true);
  socket.on("data", (part) => {
    held = held.length === 0 ? part : Buffer.concat([held, part]);
    const length = answerLength(held);
    if (length === undefined || held.length < length) return;
    held = held.subarray(length);
    answered++;
    socket.write(request);
  });
  socket.on("connect", () => socket.write(request));
  socket.on("error", (error) => stop(error.message));
  socket.on("close", () => stop("a connection was closed"));
}

/** Bytes of the answer the buffer begins with, or undefined when it is not known yet. */
function answerLength(held: Buffer): number | undefined {
  const end = held.indexOf(HEAD_END);
  if (end === -1) return undefined;
  const head = held.toString("latin1", 0, end);
  if (!head.startsWith("HTTP/1.1 200")) stop(head);
  const announced = /\r\ncontent-length: (\d+)/i.exec(head);
  if (announced !== null) return end + 4 + Number(announced[1]);
  const last = held.indexOf(LAST_CHUNK, end);
  return last === -1 ? undefined : last + LAST_CHUNK.length;
}

function stop(reason: string): never {
  console.error(reason);
  process.exit(1);
}

for (let index = 0; index < load.connections; index++) ask(connect(load.port, "127.0.0.1"));
await new Promise((resolve) => setTimeout(resolve, load.warmUpMs));
const [before, startMs] = [answered, performance.now()];
await new Promise((resolve) => setTimeout(resolve, load.measuredMs));
const perSecond = ((answered - before) * 1000) / (performance.now() - startMs);
console.log(JSON.stringify({ perSecond }));
process.exit(0);
