import { equalBytes } from "../../base/index.ts";
import { formatBlob } from "../blob-json.ts";
import { formatHeader } from "../celestia/header-json.ts";
import { formatExtendedHeader, type LocalBlock } from "./block.ts";
import type { LocalChain } from "./chain.ts";
import { readNamespace } from "./method-params.ts";

/** JSON of messages, kept while their block is: many readers get the same text. */
const messageTexts = new WeakMap<LocalBlock, Map<string, string>>();

/** The JSON a subscription sends for a block, or undefined when there is no such subscription. */
export function findSubscription(
  method: string,
  params: readonly unknown[],
  chain: LocalChain,
): ((block: LocalBlock) => string) | undefined {
  const show = findMessage(method, params, chain);
  if (show === undefined) return undefined;
  const key = `${method} ${String(params[0])}`;
  return (block) => {
    const texts = messageTexts.get(block) ?? new Map<string, string>();
    messageTexts.set(block, texts);
    const text = texts.get(key) ?? JSON.stringify(show(block));
    texts.set(key, text);
    return text;
  };
}

function findMessage(
  method: string,
  params: readonly unknown[],
  chain: LocalChain,
): ((block: LocalBlock) => object) | undefined {
  if (method === "header.Subscribe") return (block) => formatExtendedHeader(block, chain.publicKey);
  if (method !== "blob.Subscribe") return undefined;
  const wanted = readNamespace(params[0]);
  return (block) => {
    const blobs = block.blobs.filter((blob) => equalBytes(blob.namespace, wanted));
    return {
      Blobs: blobs.length === 0 ? null : blobs.map(formatBlob),
      Height: block.header.height,
      Header: formatHeader(block.header, { are64BitNumbers: true }),
    };
  };
}
