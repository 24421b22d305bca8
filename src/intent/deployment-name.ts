import { basename } from "node:path";
import { escapeForTerminal } from "../base/index.ts";

/** The name of a folder or program as a name the network keeps. @param path - absolute */
export function nameOf(path: string): string {
  const base = basename(path).replace(PROGRAM, "").normalize("NFC");
  const visible = [...base].map((character) => (isPlain(character) ? character : "-")).join("");
  return cutToBytes(visible.replace(/^[-.\s]+|\s+$/gu, ""), NAME_BYTES) || "app";
}

const PROGRAM = /\.(?:ts|mts|js|mjs|py|wasm|onnx)$/;
const NAME_BYTES = 63;

function isPlain(character: string): boolean {
  return escapeForTerminal(character) === character && !/[/\\\ufffd]/u.test(character);
}

function cutToBytes(text: string, bytes: number): string {
  let cut = text;
  while (Buffer.byteLength(cut) > bytes) cut = [...cut].slice(0, -1).join("");
  return cut;
}
