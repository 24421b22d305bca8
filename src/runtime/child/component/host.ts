import { getRandomValues } from "node:crypto";
import { CLOCK_RESOLUTION_NS, monotonicClockNs, wallClockNs } from "../coarse-clock.ts";
import { GuestExit } from "../guest-stop.ts";
import {
  createHttpClient,
  FutureIncomingResponse,
  type HttpClientDeps,
  IncomingResponse,
  RequestOptions,
} from "./http-client.ts";
import { Fields } from "./http-fields.ts";
import { FutureTrailers, IncomingBody, IncomingRequest } from "./http-incoming.ts";
import { createOutgoing, type Outgoing, OutgoingBody } from "./http-outgoing.ts";
import { InputStream, ioInterfaces, OutputStream, Pollable } from "./io.ts";

export interface HostOptions {
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly name: string;
  /** What follows the name. */
  readonly args: readonly string[];
  readonly log: (stream: "stdout" | "stderr", bytes: Uint8Array) => void;
  readonly takeBody: (sizeBytes: number) => void;
  readonly outside: HttpClientDeps;
}

/** The interfaces of one instance, by name without version, and where its answer turns up. */
export interface ComponentHost {
  readonly imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly createOutparam: () => object;
  readonly findAnswer: Outgoing["findAnswer"];
}

const RANDOM_BYTES = 65_536n;
const NANOSECONDS = 1_000_000_000n;

/**
 * Everything a component can reach, and nothing else exists: no file, no socket, coarse time, random bytes from the
 * system's generator, and requests to the hosts it was granted.
 */
export function createComponentHost(options: HostOptions): ComponentHost {
  const { OutgoingResponse, ResponseOutparam, findAnswer } = createOutgoing(options.takeBody);
  const { OutgoingRequest, handle } = createHttpClient(options.outside);
  const types = {
    Fields,
    IncomingRequest,
    IncomingBody,
    FutureTrailers,
    OutgoingResponse,
    OutgoingBody,
    ResponseOutparam,
    OutgoingRequest,
    RequestOptions,
    IncomingResponse,
    FutureIncomingResponse,
    httpErrorCode: () => undefined,
  };
  return {
    imports: {
      ...ioInterfaces,
      ...cliInterfaces(options),
      ...CLOCKS,
      ...RANDOM,
      ...NO_FILES,
      "wasi:http/types": types,
      "wasi:http/outgoing-handler": { handle },
    },
    createOutparam: () => new ResponseOutparam(),
    findAnswer,
  };
}

function cliInterfaces({ env, name, args, log }: HostOptions) {
  const exit = (code: number): never => {
    throw new GuestExit(code);
  };
  return {
    "wasi:cli/environment": {
      getEnvironment: () => env.map((each) => [each.name, each.value]),
      getArguments: () => [name, ...args],
      initialCwd: () => undefined,
    },
    "wasi:cli/exit": {
      exit: (status: { tag: "ok" | "err" }) => exit(status.tag === "ok" ? 0 : 1),
      exitWithCode: exit,
    },
    "wasi:cli/stdin": { getStdin: () => new InputStream(new Uint8Array(0)) },
    "wasi:cli/stdout": { getStdout: () => new OutputStream((bytes) => log("stdout", bytes)) },
    "wasi:cli/stderr": { getStderr: () => new OutputStream((bytes) => log("stderr", bytes)) },
    "wasi:cli/terminal-input": { TerminalInput: class {} },
    "wasi:cli/terminal-output": { TerminalOutput: class {} },
    "wasi:cli/terminal-stdin": { getTerminalStdin: () => undefined },
    "wasi:cli/terminal-stdout": { getTerminalStdout: () => undefined },
    "wasi:cli/terminal-stderr": { getTerminalStderr: () => undefined },
  };
}

const asDatetime = (ns: bigint) => ({ seconds: ns / NANOSECONDS, nanoseconds: Number(ns % NANOSECONDS) });

const CLOCKS = {
  "wasi:clocks/monotonic-clock": {
    now: monotonicClockNs,
    resolution: () => CLOCK_RESOLUTION_NS,
    subscribeInstant: (dueNs: bigint) => new Pollable(dueNs),
    subscribeDuration: (durationNs: bigint) => new Pollable(monotonicClockNs() + durationNs),
  },
  "wasi:clocks/wall-clock": {
    now: () => asDatetime(wallClockNs()),
    resolution: () => asDatetime(CLOCK_RESOLUTION_NS),
  },
};

const randomBytes = (length: bigint) =>
  getRandomValues(new Uint8Array(Number(length < RANDOM_BYTES ? length : RANDOM_BYTES)));
const randomNumber = () => getRandomValues(new BigUint64Array(1))[0] ?? 0n;

const RANDOM = {
  "wasi:random/random": { getRandomBytes: randomBytes, getRandomU64: randomNumber },
  "wasi:random/insecure": { getInsecureRandomBytes: randomBytes, getInsecureRandomU64: randomNumber },
  "wasi:random/insecure-seed": { insecureSeed: () => [randomNumber(), randomNumber()] },
};

/** No folder is open, so no descriptor ever exists. */
const NO_FILES = {
  "wasi:filesystem/preopens": { getDirectories: () => [] },
  "wasi:filesystem/types": {
    Descriptor: class {},
    DirectoryEntryStream: class {},
    filesystemErrorCode: () => undefined,
  },
};
