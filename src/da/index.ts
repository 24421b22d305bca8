export {
  type ArchiveStatus,
  createDaArchive,
  type DaArchive,
  type DaArchiveDeps,
  type DaArchiveOptions,
} from "./archive/archive.ts";
export {
  type ArchivedHeight,
  type ArchiveSubject,
  type ReadArchiveOptions,
  readArchive,
} from "./archive/archive-reader.ts";
export type { HeightRange } from "./archive/archive-store.ts";
export { withArchive } from "./archive/archived-log.ts";
export { openHeightRecord, type RecordedHeight, recordHeight } from "./archive/height-record.ts";
export {
  type CelestiaClientDeps,
  type CelestiaClientOptions,
  createCelestiaClient,
  MAX_SUBMIT_BYTES,
} from "./celestia/celestia-client.ts";
export { commitBlob } from "./celestia/commitment.ts";
export * from "./celestia/namespace.ts";
export { verifyNamespaceProof } from "./celestia/namespace-proof.ts";
export {
  checkDaSetup,
  type DaSetupOptions,
  type DaSetupReport,
  loadDaToken,
  type TokenSource,
} from "./celestia/setup-check.ts";
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
export {
  createLocalDaNode,
  type LocalDaNode,
  type LocalDaNodeDeps,
  type LocalDaNodeOptions,
} from "./local/local-node.ts";
export { createNodeToken, type NodePermission } from "./local/node-token.ts";
export type * from "./port.ts";
export { createHttpTransport, type HttpTransportOptions } from "./transport/http-transport.ts";
export { createInProcessTransport } from "./transport/in-process-transport.ts";
export type { RpcAnswer, RpcCallOptions, Transport } from "./transport/transport.ts";
