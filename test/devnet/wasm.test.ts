import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { main as compileAssemblyScript } from "assemblyscript/asc";
import { beforeAll, expect, test } from "vitest";
import { systemFileTree } from "../../src/base/index.ts";
import { probeSite } from "../../src/client/index.ts";
import { packProject, readPackageFiles, signPackage } from "../../src/packager/index.ts";
import { eventually, startTestDevnet, type TestDevnet } from "./devnet-fixture.ts";

let net: TestDevnet;

beforeAll(async () => {
  net = await startTestDevnet();
});

/** Packs, signs and submits the folder as `dsdn deploy` does. */
async function deploy(name: string, path: string): Promise<{ kind: string; mode: string; workload: string }> {
  const packed = await packProject({ path }, { tree: systemFileTree() });
  const signed = await signPackage(packed, await net.client.deployments.packageSigner());
  const input = { files: await readPackageFiles([...packed.files, signed]) };
  const { workload } = await net.client.deployments.deploy(input, { name, spec: packed.spec });
  return { kind: packed.spec.kind, mode: packed.spec.mode, workload };
}

const answer = (name: string, path: string) =>
  eventually(
    async () => {
      const details = await net.client.deployments.get(name);
      const { status, body } = await probeSite(net.devnet.status().ingressUrl, details, { path });
      // 0 is a connection that was lost.
      return status !== 0 && status < 500 ? { status, text: new TextDecoder().decode(body) } : undefined;
    },
    { what: `an answer of ${name}${path}` },
  );

async function folderOf(name: string): Promise<string> {
  const path = join(net.scratch, name);
  await mkdir(path, { recursive: true });
  return path;
}

const REACTOR = `
@external("wasi_snapshot_preview1", "fd_write")
declare function fd_write(fd: i32, vectors: usize, count: i32, written: usize): i32;
const vector = memory.data(8);
let calls = 0;
export function _initialize(): void {}
export function handle(): void {
  calls += 1;
  const bytes = String.UTF8.encode("Content-Type: text/plain\\n\\ncall " + calls.toString());
  store<u32>(vector, <u32>changetype<usize>(bytes));
  store<u32>(vector, bytes.byteLength, 4);
  fd_write(1, vector, 1, vector);
}
`;

test("a WASI reactor from AssemblyScript is deployed as it was compiled, answers, and keeps its memory", async () => {
  const folder = await folderOf("reactor");
  await writeFile(join(folder, "module.ts"), REACTOR);
  const flags = ["--outFile", "module.wasm", "--baseDir", folder, "--use", "abort=", "--runtime", "stub"];
  const { error, stderr } = await compileAssemblyScript(["module.ts", ...flags]);
  expect(error, stderr.toString()).toBeNull();
  const alone = await folderOf("reactor-alone");
  await copyFile(join(folder, "module.wasm"), join(alone, "module.wasm"));
  expect(await deploy("reactor", alone)).toMatchObject({ kind: "wasi", mode: "service" });
  const first = await answer("reactor", "/");
  const second = await answer("reactor", "/");
  const count = ({ text }: { text: string }) => Number(/^call (\d+)$/.exec(text)?.[1]);
  expect(count(second)).toBeGreaterThan(count(first));
});

test("a WASI command from Rust is a batch whose output is an object", async () => {
  const folder = await folderOf("command");
  await copyFile(fixture("wasi-command.wasm"), join(folder, "words.wasm"));
  const { kind, mode } = await deploy("command", folder);
  expect([kind, mode]).toEqual(["wasi", "batch"]);
  const finished = await eventually(
    async () => (await net.client.deployments.get("command")).workloads.find(({ status }) => status === "finished"),
    { what: "the end of the batch" },
  );
  expect(finished).toMatchObject({ status: "finished", reason: "exit code 3" });
});

test("a component from Rust answers wasi:http", async () => {
  const folder = await folderOf("component");
  await copyFile(fixture("http-component.wasm"), join(folder, "service.wasm"));
  expect(await deploy("component", folder)).toMatchObject({ kind: "component", mode: "service" });
  expect(await answer("component", "/hello")).toEqual({ status: 200, text: "hello from a component, request 1\n" });
});

function fixture(name: string): string {
  return fileURLToPath(new URL(`../unit/runtime/fixtures/${name}`, import.meta.url));
}
