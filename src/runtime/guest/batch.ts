import type { GuestHost } from "./host.ts";
import { explain } from "./service.ts";
import { type TextCodec, toBytes } from "./text.ts";

interface Given {
  readonly env: Readonly<Record<string, string>>;
  readonly args: readonly string[];
}

type Main = (input: Input, env: Given["env"], args: Given["args"]) => unknown;

interface Input {
  readonly bytes: Uint8Array;
  text(): string;
  json(): unknown;
}

/** Runs a batch: its input, its output, its exit code. */
export function createBatch(host: GuestHost, codec: TextCodec, { env, args }: Given) {
  const { parse, stringify } = JSON;
  let input = new Uint8Array(0);
  const stdin: Input = {
    get bytes() {
      return input.slice();
    },
    text: () => codec.decode(input, false) ?? "",
    json: () => parse(codec.decode(input, false) ?? ""),
  };
  const write = (chunk: string | ArrayBuffer | ArrayBufferView): void =>
    host.emit((typeof chunk === "string" ? toBytes(codec.encode(chunk)) : toBytes(chunk)).buffer);
  const control = { stdin, write, exitCode: 0 };
  return {
    control,
    feed(bytes: ArrayBuffer): void {
      input = new Uint8Array(bytes);
    },
    run(id: number, entry: unknown): void {
      const main = async () => {
        const result = typeof entry === "function" ? await (entry as Main)(stdin, env, args) : undefined;
        if (result instanceof ArrayBuffer || ArrayBuffer.isView(result) || typeof result === "string") write(result);
        else if (result !== undefined) write(stringify(result));
        host.finish(id, Number.isInteger(control.exitCode) ? control.exitCode & 0xff : 1);
      };
      main().catch((error: unknown) => host.fail(id, explain(error)));
    },
  };
}
