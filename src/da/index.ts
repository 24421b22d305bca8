export {
  type CelestiaClientDeps,
  type CelestiaClientOptions,
  createCelestiaClient,
  MAX_SUBMIT_BYTES,
} from "./celestia-client.ts";
export { commitBlob } from "./commitment.ts";
export { daErrors } from "./errors.ts";
export { createHttpTransport, type HttpTransportOptions } from "./http-transport.ts";
export { createInProcessTransport } from "./in-process-transport.ts";
export {
  createLocalDaNode,
  type LocalDaNode,
  type LocalDaNodeDeps,
  type LocalDaNodeOptions,
} from "./local/local-node.ts";
export { createNodeToken, type NodePermission } from "./local/node-token.ts";
export * from "./namespace.ts";
export { verifyNamespaceProof } from "./namespace-proof.ts";
export type * from "./port.ts";
export type { RpcAnswer, RpcCallOptions, Transport } from "./transport.ts";
