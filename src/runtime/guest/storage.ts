import type { createAsks } from "./asks.ts";
import { type TextCodec, toBytes } from "./text.ts";

/** `dsdn:storage`: the objects a deployment was granted, and names with bytes of its own. */
export function createStorage({ ask }: ReturnType<typeof createAsks>, codec: TextCodec) {
  const get = async (name: string): Promise<Uint8Array | null> => {
    const { meta, bytes } = await ask("storage.get", { name: String(name) });
    return meta === true ? bytes : null;
  };
  return Object.freeze({
    /** Bytes under the name, null when there are none. */
    get,
    async getText(name: string): Promise<string | null> {
      const bytes = await get(name);
      return bytes === null ? null : (codec.decode(bytes, false) ?? "");
    },
    /** Resolves when the log of the network has the change. */
    async put(name: string, value: string | ArrayBuffer | ArrayBufferView): Promise<void> {
      const bytes = typeof value === "string" ? toBytes(codec.encode(value)) : toBytes(value);
      await ask("storage.put", { name: String(name) }, bytes.buffer);
    },
    async remove(name: string): Promise<void> {
      await ask("storage.remove", { name: String(name) });
    },
    /** [{name, size}] in order. */
    list: async (): Promise<unknown> => (await ask("storage.list", {})).meta,
    /** [{path, size}] of a granted object. */
    files: async (object: string): Promise<unknown> => (await ask("storage.files", { object: String(object) })).meta,
    /** One file of a granted object; without a path its first. */
    async read(object: string, path?: string): Promise<Uint8Array> {
      const named = path === undefined ? {} : { path: String(path) };
      return (await ask("storage.read", { object: String(object), ...named })).bytes;
    },
  });
}
