import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { useNetwork, visit } from "./network.ts";

const network = useNetwork();
const { run, summary } = network;

async function init(template: string): Promise<void> {
  expect((await run(["init", template, "--template", template])).exitCode).toBe(0);
}

describe("a new project of a template, deployed as it is", () => {
  test("web-app: its page and its API answer", async () => {
    await init("web-app");
    const { url } = await summary(["deploy", "web-app"]);
    expect((await visit(String(url))).text).toContain("<html");
    const { greeting } = JSON.parse((await visit(String(url), "api/hello?name=Budi")).text);
    expect(greeting).toContain("Budi");
  });

  test("ai-inference: its page answers, and its model reads a digit", async () => {
    await init("ai-inference");
    const { stdout } = await run(["deploy", "ai-inference", "-v"]);
    const [, address = ""] = /(http:\/\/127\.0\.0\.1:\S+)/.exec(stdout) ?? [];
    expect((await visit(address)).text).toContain("digit");
    expect(JSON.parse((await visit(address, "model")).text)).toMatchObject({ inputs: [{ name: "pixels" }] });
    const readme = await readFile(join(network.folder, "ai-inference/README.md"), "utf8");
    const [, body = ""] = /--json '(.*)'/.exec(readme) ?? [];
    const answer = await fetch(new URL("predict", address), { method: "POST", body });
    const { outputs } = (await answer.json()) as { outputs: { chances: { data: number[] } } };
    expect(outputs.chances.data.indexOf(Math.max(...outputs.chances.data))).toBe(9);
  });

  test("data-pipeline: it runs on its sample and on given data, and its output is printed", async () => {
    await init("data-pipeline");
    const sample = await run(["deploy", "data-pipeline", "--wait"]);
    expect(sample.exitCode).toBe(0);
    const products = { kopi: "72000.00", teh: "54003.00", gula: "24000.00" };
    expect(JSON.parse(sample.stdout)).toMatchObject({ rows: 5, refused: 3, total: "150003.00", products });
    const log = await run(["logs", "data-pipeline"]);
    expect(log.stdout).toContain("line 8 left out: the id 2 was there before");
    await network.write({ "own.csv": "id,day,product,amount,price\n1,2026-03-01,Roti,2,5000\n" });
    const own = await run(["deploy", "data-pipeline", "--wait", "--stdin", "own.csv"]);
    expect(JSON.parse(own.stdout)).toMatchObject({ rows: 1, months: { "2026-03": "10000.00" } });
    await network.write({ "empty.csv": "id,day,product,amount,price\n" });
    expect((await run(["deploy", "data-pipeline", "--wait", "--stdin", "empty.csv"])).exitCode).not.toBe(0);
  });

  test("storage-only: its list answers, and its private files come back", async () => {
    await init("storage-only");
    const { url } = await summary(["deploy", "storage-only"]);
    expect((await visit(String(url))).text).toContain("files/hello.txt");
    expect((await visit(String(url), "files/hello.txt")).text).toContain("Hello from a DSDN network.");
    expect((await visit(String(url), "private/notes.txt")).status).toBe(404);
    expect((await run(["upload", "storage-only/private", "--name", "my-notes"])).exitCode).toBe(0);
    expect((await run(["ls"])).stdout).toContain("my-notes");
    const original = await readFile(join(network.folder, "storage-only/private/notes.txt"), "utf8");
    expect((await run(["cat", "my-notes/notes.txt"])).stdout).toBe(original);
    expect((await run(["get", "my-notes", "--out", "copy"])).exitCode).toBe(0);
    expect((await run(["upload", "storage-only/public/files", "--public"])).exitCode).toBe(0);
  });
});

test("the model of the ai-inference template is what its script makes, byte for byte", async () => {
  const template = new URL("../../templates/ai-inference/", import.meta.url);
  const { makeModel } = (await import(new URL("train.mjs", template).href)) as { makeModel: () => Uint8Array };
  expect(Buffer.compare(await readFile(new URL("model.onnx", template)), makeModel())).toBe(0);
});
