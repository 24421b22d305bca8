import { concatBytes, fail, findHex } from "../base/index.ts";
import { keccak256, recoverAddress } from "../crypto/index.ts";
import { type Address, hexId, idBytes, parseAddress } from "../protocol/index.ts";
import { chainErrors } from "./errors.ts";
import { encodeRlp, rlpInteger } from "./rlp.ts";

/** The CREATE2 deployer that stands at the same address on most chains; ours has it from genesis on. */
export const CREATE2_DEPLOYER = parseAddress("4e59b44847b379578588920ca78fbf26c0b4956c");
const DEPLOYER_CODE =
  "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf3";

/** Runtime code of the CREATE2 deployer. @source github.com/Arachnid/deterministic-deployment-proxy */
export function create2DeployerCode(): Uint8Array {
  return findHex(DEPLOYER_CODE) ?? new Uint8Array(0);
}

/** A contract that block 1 deploys: the transaction, who pays for it and where the contract will stand. */
export interface GenesisDeployment {
  readonly rawTransaction: Uint8Array;
  readonly payer: Address;
  /** What the payer holds at genesis: the whole gas limit at the gas price. */
  readonly payerWei: bigint;
  readonly address: Address;
}

const GAS_LIMIT = 6_000_000n;
/** The genesis base fee never rises before block 1, so this price is enough. */
const GAS_PRICE_WEI = 1_000_000_000n;
const DEPLOYER_VALUE_WEI = 0n;

/**
 * The transaction that deploys `initCode` through the CREATE2 deployer. Nobody holds its key: the signature is a
 * constant, and the payer is whatever address it recovers to. So it needs no secret, and every replayer can rebuild it.
 *
 * @source EIP-1014 (address); the keyless method of github.com/Arachnid/deterministic-deployment-proxy
 */
export function planDeployment(initCode: Uint8Array, salt: Uint8Array): GenesisDeployment {
  const unsigned = [
    rlpInteger(0),
    rlpInteger(GAS_PRICE_WEI),
    rlpInteger(GAS_LIMIT),
    idBytes(CREATE2_DEPLOYER),
    rlpInteger(DEPLOYER_VALUE_WEI),
    concatBytes(salt, initCode),
  ];
  const half = new Uint8Array(32).fill(0x22);
  const signature = concatBytes(half, half, Uint8Array.of(27));
  const payer = recoverAddress(keccak256(encodeRlp(unsigned)), signature);
  if (payer === undefined) {
    throw fail(chainErrors.genesisInvalid, { reason: "the constant signature recovers to no payer for this contract" });
  }
  return {
    rawTransaction: encodeRlp([...unsigned, rlpInteger(27), half, half]),
    payer: parseAddress(payer),
    payerWei: GAS_LIMIT * GAS_PRICE_WEI,
    address: create2Address(initCode, salt),
  };
}

/** The address of a contract deployed through the CREATE2 deployer. @source EIP-1014 */
function create2Address(initCode: Uint8Array, salt: Uint8Array): Address {
  const preimage = concatBytes(Uint8Array.of(0xff), idBytes(CREATE2_DEPLOYER), salt, keccak256(initCode));
  return hexId<Address>(keccak256(preimage).subarray(12));
}
