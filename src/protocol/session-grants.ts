import { findAddress, recoverAddress, type TypedData, typedDataDigest, type Wallet } from "../crypto/index.ts";
import type { SessionGrant } from "./event-bodies.ts";
import { type Address, hexId, idBytes, type KeyId, type NetworkId } from "./ids.ts";

/** The id form of a wallet's EIP-55 address. */
export function addressOfWallet(wallet: Wallet): Address {
  return wallet.address.slice(2).toLowerCase() as Address;
}

/**
 * What a wallet signs to let a session key act for it. The network id is the domain's salt, so a grant is worth
 * nothing on another network. @source EIP-712
 */
function sessionGrantDigest(network: NetworkId, grant: Omit<SessionGrant, "signature">): Uint8Array {
  return typedDataDigest({
    domain: domainOf(network),
    primaryType: "SessionGrant",
    types: {
      SessionGrant: [
        { name: "wallet", type: "address" },
        { name: "sessionKey", type: "bytes32" },
        { name: "scopes", type: "string" },
        { name: "quotaBytes", type: "uint256" },
        { name: "expiresMs", type: "uint256" },
        { name: "nonce", type: "uint256" },
      ],
    },
    message: {
      wallet: `0x${grant.wallet}`,
      sessionKey: idBytes(grant.sessionKey),
      scopes: grant.scopes.join(","),
      quotaBytes: BigInt(grant.quotaBytes),
      expiresMs: BigInt(grant.expiresMs),
      nonce: BigInt(grant.nonce),
    },
  });
}

/** The grant with its wallet's signature. */
export function signSessionGrant(
  wallet: Wallet,
  network: NetworkId,
  grant: Omit<SessionGrant, "signature">,
): SessionGrant {
  return { ...grant, signature: wallet.signDigest(sessionGrantDigest(network, grant)) };
}

/** True when the grant's wallet signed it for this network. Never throws on a hostile signature. */
export function isSessionGrantSigned(network: NetworkId, grant: SessionGrant): boolean {
  return isSignedBy(grant.wallet, sessionGrantDigest(network, grant), grant.signature);
}

/** An operator takes a node as its own; the node's registration is the signature the other way. */
export interface NodeBinding {
  readonly node: KeyId;
  readonly operator: Address;
  readonly nonce: number;
}

/** What an operator signs to take a node as its own. @source EIP-712 */
export function nodeBindingDigest(network: NetworkId, binding: NodeBinding): Uint8Array {
  return typedDataDigest({
    domain: domainOf(network),
    primaryType: "NodeOperator",
    types: {
      NodeOperator: [
        { name: "operator", type: "address" },
        { name: "node", type: "bytes32" },
        { name: "nonce", type: "uint256" },
      ],
    },
    message: { operator: `0x${binding.operator}`, node: idBytes(binding.node), nonce: BigInt(binding.nonce) },
  });
}

/** True when the operator signed the binding for this network. Never throws on a hostile signature. */
export function isNodeBindingSigned(network: NetworkId, binding: NodeBinding, signature: Uint8Array): boolean {
  return isSignedBy(binding.operator, nodeBindingDigest(network, binding), signature);
}

function domainOf(network: NetworkId): TypedData["domain"] {
  return { name: "DSDN", version: "1", salt: idBytes(network) };
}

function isSignedBy(address: Address, digest: Uint8Array, signature: Uint8Array): boolean {
  const signer = recoverAddress(digest, signature);
  const bytes = signer === undefined ? undefined : findAddress(signer);
  return bytes !== undefined && hexId<Address>(bytes) === address;
}
