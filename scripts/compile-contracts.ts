/**
 * Compiles contracts/*.sol and writes contracts/artifacts/<Name>.json. `--check` writes nothing and fails on any
 * difference. The artifacts are committed: compiling takes seconds and a 9 MB compiler, reading them a millisecond.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const require = createRequire(import.meta.url);

/** Pinned so that the same sources give the same bytes everywhere; no metadata hash, which would name file paths. */
const SETTINGS = {
  evmVersion: "cancun",
  optimizer: { enabled: true, runs: 200 },
  metadata: { bytecodeHash: "none", appendCBOR: false },
  outputSelection: { "*": { "*": ["abi", "evm.bytecode.object", "evm.deployedBytecode.object"] } },
};

interface Solc {
  version(): string;
  compile(input: string, callbacks: { import: (path: string) => { contents: string } | { error: string } }): string;
}

interface SolcOutput {
  readonly errors?: readonly {
    readonly severity: string;
    readonly formattedMessage: string;
    readonly sourceLocation?: { readonly file: string };
  }[];
  readonly contracts?: Record<
    string,
    Record<
      string,
      { abi: unknown[]; evm: { bytecode: { object: string }; deployedBytecode: { object: string } } } | undefined
    >
  >;
}

/** Every contract of contracts/ as {file name of its artifact: its exact text}. Throws the compiler's own messages. */
export function compileContracts(): Map<string, string> {
  const solc = require("solc") as Solc;
  const names = readdirSync(join(root, "contracts"))
    .filter((name) => name.endsWith(".sol"))
    .sort();
  const sources = Object.fromEntries(
    names.map((name) => [`contracts/${name}`, { content: readFileSync(join(root, "contracts", name), "utf8") }]),
  );
  const read = (path: string) => {
    try {
      return { contents: readFileSync(require.resolve(path), "utf8") };
    } catch {
      return { error: `no source named ${path}` };
    }
  };
  const input = JSON.stringify({ language: "Solidity", sources, settings: SETTINGS });
  const output = JSON.parse(solc.compile(input, { import: read })) as SolcOutput;
  // A warning inside a library is its authors' business; one of ours stops the build.
  const problems = (output.errors ?? []).filter(
    (problem) => problem.severity === "error" || problem.sourceLocation?.file.startsWith("contracts/") !== false,
  );
  if (problems.length > 0) throw new Error(problems.map((problem) => problem.formattedMessage).join("\n"));
  return new Map(names.map((name) => artifactOf(name.slice(0, -".sol".length), output, solc.version())));
}

function artifactOf(name: string, output: SolcOutput, compiler: string): [string, string] {
  const contract = output.contracts?.[`contracts/${name}.sol`]?.[name];
  if (contract === undefined) throw new Error(`contracts/${name}.sol holds no contract ${name}`);
  const bytecode = `0x${contract.evm.bytecode.object}`;
  const deployedBytecode = `0x${contract.evm.deployedBytecode.object}`;
  const { outputSelection: _, ...settings } = SETTINGS;
  const body = { contract: name, compiler, settings, abi: contract.abi, bytecode, deployedBytecode };
  const digest = createHash("sha256").update(JSON.stringify(body)).digest("hex");
  return [`${name}.json`, `${JSON.stringify({ ...body, digest }, null, 1)}\n`];
}

function main(): void {
  const folder = join(root, "contracts", "artifacts");
  const isCheck = process.argv.includes("--check");
  for (const [name, text] of compileContracts()) {
    const path = join(folder, name);
    if (!isCheck) writeFileSync(path, text);
    else if (readFileSync(path, "utf8") !== text)
      throw new Error(`${name} is stale: node scripts/compile-contracts.ts`);
    console.log(`${name} ${isCheck ? "matches" : "written"}`);
  }
}

if (import.meta.main) main();
