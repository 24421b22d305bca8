// What a program finds on a DSDN network beside the web standards, for the editor and the type checker: copy this file
// beside your own program. docs/en/guides/runtime.md says what each of them does.

declare module "dsdn:storage" {
  /** Bytes under the name, null when there are none. */
  export function get(name: string): Promise<Uint8Array | null>;
  export function getText(name: string): Promise<string | null>;
  /** Resolves when the log of the network has the change. */
  export function put(name: string, value: string | ArrayBuffer | ArrayBufferView): Promise<void>;
  export function remove(name: string): Promise<void>;
  /** The deployment's own names, in order. */
  export function list(): Promise<{ readonly name: string; readonly size: number }[]>;
  /** The files of a granted object. */
  export function files(object: string): Promise<{ readonly path: string; readonly size: number }[]>;
  /** One file of a granted object; without a path its first. */
  export function read(object: string, path?: string): Promise<Uint8Array>;
}
