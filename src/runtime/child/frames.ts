/**
 * The language between the runtime and its child process. This file and everything the child imports stay free of
 * other rooms, so that the child starts in a few tens of milliseconds.
 *
 * One frame: `type(1) || id(4) || jsonLength(4) || bodyLength(4) || json || body`, numbers big-endian. `id` names the
 * invocation a frame belongs to, 0 for none; in `ask` and `answer` the JSON of the question names the question as well.
 */

const FRAME_HEADER_BYTES = 13;
/** Bound of the JSON part of a frame, in bytes. */
const FRAME_JSON_BYTES = 1024 * 1024;

/** What a frame says. 1-15 go to the child, 16-31 come from it. */
export const frameTypes = {
  /** Named bytes that the load frame is about. */
  part: 1,
  load: 2,
  call: 3,
  run: 4,
  /** Ends a question of the guest: JSON {ask, isGood, meta}. */
  answer: 5,
  /** Starts an engine ahead of its load frame: JSON {engine}. Its parts came before. */
  prepare: 6,
  ready: 16,
  response: 17,
  failed: 18,
  log: 19,
  output: 20,
  finished: 21,
  /** The process ends after its next frame: send it nothing more. */
  leaving: 22,
  /** The guest wants something of the parent: JSON {ask, kind, meta}. */
  ask: 23,
  /** What an answered invocation still did in the background is over. */
  ended: 24,
  /** The engine is there: from now on the time of the load frame is the program's own. */
  begun: 25,
} as const;

export interface Frame {
  readonly type: number;
  readonly id: number;
  /** Parsed JSON of unknown shape: the reader of a frame checks it. */
  readonly json: unknown;
  readonly body: Uint8Array;
}

/** A frame to be sent. */
export interface FrameInput {
  readonly type: number;
  readonly id?: number;
  readonly json?: unknown;
  readonly body?: Uint8Array;
}

/** The limits one guest lives under; they travel with the load frame. */
export interface GuestLimits {
  readonly memoryBytes: number;
  /** Time of one request, of one batch run, and of loading. */
  readonly timeMs: number;
  /** Bound of a response body, a batch output and a request body. */
  readonly outputBytes: number;
  readonly logLineBytes: number;
  /** Log bytes of one request or run; the rest is counted and dropped. */
  readonly logBytes: number;
}

/** Why a guest did not answer. `isFatal` says that its process ends and a fresh one must be started. */
export interface GuestFailure {
  readonly reason:
    | "bundle"
    | "entry"
    | "time"
    | "memory"
    | "output"
    | "threw"
    | "answer"
    | "pending"
    | "crashed"
    | "interrupted";
  readonly message: string;
  readonly isFatal: boolean;
}

const NO_BYTES = new Uint8Array(0);
const encoder = new TextEncoder();

/** The bytes of one frame. */
export function encodeFrame({ type, id = 0, json = {}, body = NO_BYTES }: FrameInput): Uint8Array {
  const text = encoder.encode(JSON.stringify(json));
  const out = new Uint8Array(FRAME_HEADER_BYTES + text.length + body.length);
  const view = new DataView(out.buffer);
  view.setUint8(0, type);
  view.setUint32(1, id);
  view.setUint32(5, text.length);
  view.setUint32(9, body.length);
  out.set(text, FRAME_HEADER_BYTES);
  out.set(body, FRAME_HEADER_BYTES + text.length);
  return out;
}

/** A reader of frames that arrive in pieces. `push` throws an Error when the sender breaks the bounds or the JSON. */
export interface FrameReader {
  push(bytes: Uint8Array): Frame[];
}

/** Builds a reader that refuses bodies over `bodyBytes` before holding them. */
export function createFrameReader(bodyBytes: number): FrameReader {
  let parts: Uint8Array[] = [];
  let held = 0;
  let wanted = FRAME_HEADER_BYTES;
  const join = (): Uint8Array => {
    const joined = parts.length === 1 && parts[0] !== undefined ? parts[0] : new Uint8Array(Buffer.concat(parts));
    parts = [joined];
    return joined;
  };
  const next = (): Frame | undefined => {
    if (held < wanted) return undefined;
    const bytes = join();
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const jsonLength = view.getUint32(5);
    const bodyLength = view.getUint32(9);
    if (jsonLength > FRAME_JSON_BYTES || bodyLength > bodyBytes) throw new Error("frame over its bound");
    wanted = FRAME_HEADER_BYTES + jsonLength + bodyLength;
    if (held < wanted) return undefined;
    const text = bytes.subarray(FRAME_HEADER_BYTES, FRAME_HEADER_BYTES + jsonLength);
    const frame = {
      type: view.getUint8(0),
      id: view.getUint32(1),
      json: JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(text)) as unknown,
      body: bytes.slice(FRAME_HEADER_BYTES + jsonLength, wanted),
    };
    parts = [bytes.subarray(wanted)];
    held -= wanted;
    wanted = FRAME_HEADER_BYTES;
    return frame;
  };
  return {
    push(bytes) {
      parts.push(bytes);
      held += bytes.length;
      const frames: Frame[] = [];
      for (let frame = next(); frame !== undefined; frame = next()) frames.push(frame);
      return frames;
    },
  };
}
