export {
  type ArchiveStatus,
  createDaArchive,
  type DaArchive,
  type DaArchiveDeps,
  type DaArchiveOptions,
} from "./archive.ts";
export { type ArchivedHeight, type ArchiveSubject, type ReadArchiveOptions, readArchive } from "./archive-reader.ts";
export type { HeightRange } from "./archive-store.ts";
export { withArchive } from "./archived-log.ts";
export {
  type CelestiaClientDeps,
  type CelestiaClientOptions,
  createCelestiaClient,
  MAX_SUBMIT_BYTES,
} from "./celestia-client.ts";
export { commitBlob } from "./commitment.ts";
export {
  type DaAmount,
  type DaBalanceReport,
  type DaCost,
  type DaCostInput,
  DEFAULT_GAS_PRICE_UTIA,
  estimateDaCost,
  judgeBalance,
} from "./cost.ts";
export { daErrors } from "./errors.ts";
export { openHeightRecord, type RecordedHeight, recordHeight } from "./height-record.ts";
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
export {
  checkDaSetup,
  type DaSetupOptions,
  type DaSetupReport,
  loadDaToken,
  type TokenSource,
} from "./setup-check.ts";
export type { RpcAnswer, RpcCallOptions, Transport } from "./transport.ts";
