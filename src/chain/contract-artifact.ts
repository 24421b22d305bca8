/** A compiled contract as `scripts/compile-contracts.ts` writes it. Code is `0x…` hex. */
export interface ContractArtifact {
  readonly contract: string;
  readonly compiler: string;
  /** The ABI as solc prints it. */
  readonly abi: readonly object[];
  readonly bytecode: string;
  readonly deployedBytecode: string;
  /** SHA-256 (hex) over all of the above. */
  readonly digest: string;
}

/** The committed artifact of the NUSA token; read on first use (a millisecond), never compiled. */
export async function loadNusaArtifact(): Promise<ContractArtifact> {
  return (await import("../../contracts/artifacts/Nusa.json", { with: { type: "json" } })).default;
}
