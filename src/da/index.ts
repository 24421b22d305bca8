export { commitBlob } from "./commitment.ts";
export { daErrors } from "./errors.ts";
export * from "./namespace.ts";
export { verifyNamespaceProof } from "./namespace-proof.ts";
export type * from "./port.ts";
