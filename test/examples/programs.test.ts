import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../../scripts/rooms.ts";
import { useNetwork, visit } from "../cli/network.ts";
import { blocksOf, copyExample, type ExampleCopy, readReadme } from "./reader.ts";

const network = useNetwork();
const { summary } = network;

/** Copies the example and types every command of its README, in order. */
async function follow(name: string): Promise<ExampleCopy & { readonly output: string }> {
  const example = copyExample(name, network);
  const { exitCode, output } = await example.type(blocksOf(readReadme(name, "en"), "sh").join("\n"));
  expect(exitCode, output.slice(-4_000)).toBe(0);
  return { ...example, output };
}

test("static-site: clean addresses, the missing page, the redirect, the headers, and a rollback from the draft", async () => {
  await follow("static-site");
  const { url } = (await summary(["open", "journal"])) as { url: string };
  const post = await visit(url, "posts/rain");
  expect([post.status, post.text]).toEqual([200, expect.stringContaining("basil")]);
  expect(await visit(url, "nowhere")).toMatchObject({ status: 404, text: expect.stringContaining("Nothing grows") });
  expect(await visit(url, "notes/rain")).toMatchObject({ status: 301, headers: { location: "../posts/rain" } });
  expect((await visit(url, "style.css")).headers["cache-control"]).toBe("public, max-age=3600");
  expect(post.headers["content-security-policy"]).toBe("default-src 'self'");
  expect((await visit(url, "about")).text).not.toContain("Draft.");
});

test("storage-api: an entry outlives a new version, bad ones are refused, and only the keeper removes", async () => {
  const { output, type } = await follow("storage-api");
  expect(output.match(/Halo from Jakarta/g)?.length).toBeGreaterThanOrEqual(3);
  const [, id = ""] = /"id":"([0-9a-f-]{36})"/.exec(output) ?? [];
  const ask = async (...args: string[]) => {
    const { stdout } = await network.run(["exec", "guestbook", ...args, "--json"]);
    return JSON.parse(stdout).summary as { status: number; text: string };
  };
  expect(await ask("POST", "/api/entries", "--data", '{"name":"","text":"x"}')).toMatchObject({ status: 400 });
  expect(await ask("DELETE", `/api/entries/${id}`, "--header", "x-keeper-word: guessed")).toMatchObject({
    status: 403,
  });
  expect((await type("dsdn deploy .")).exitCode).toBe(0);
  expect(await ask("GET", "/api/entries")).toMatchObject({ text: expect.stringContaining("Halo from Jakarta") });
  expect(await ask("DELETE", `/api/entries/${id}`, "--header", "x-keeper-word: a word nobody guesses")).toMatchObject({
    status: 204,
  });
  expect(await ask("GET", "/api/entries")).toMatchObject({ text: '{"entries":[]}' });
});

test("wasm-batch: the edges of the picture come back, its argument counts, and the source gives the same bytes", async () => {
  const { output, folder } = await follow("wasm-batch");
  const pixelsOf = (name: string) => readFileSync(join(folder, name)).subarray(-64 * 64);
  const black = (name: string) => pixelsOf(name).filter((pixel) => pixel === 0).length;
  expect(readFileSync(join(folder, "edges.pgm")).toString("latin1", 0, 13)).toBe("P5\n64 64\n255\n");
  expect(output).toContain(`${black("edges.pgm")} edge pixels of 4096`);
  expect(black("strong.pgm")).toBeGreaterThan(0);
  expect(black("strong.pgm")).toBeLessThan(black("edges.pgm"));
  const { build } = (await import(join(root, "examples/wasm-batch/build.mjs"))) as { build(): Promise<Uint8Array> };
  const kept = readFileSync(join(root, "examples/wasm-batch/edges.wasm"));
  expect(Buffer.compare(kept, await build())).toBe(0);
});

test("wasm-batch: what is no picture ends with the reason in the log", async () => {
  await network.write({ "not.pgm": "hello" });
  const { stderr } = await network.run(["exec", "edges", "--data", `@${join(network.folder, "not.pgm")}`]);
  expect(stderr).toContain("This is no PGM picture (P5).");
});

test("data-pipeline: three steps leave a page, once deployed and once as a pipe", async () => {
  const { output, read } = await follow("data-pipeline");
  for (const reason of ["it was there before", "-999 degrees cannot be", "it is no JSON"]) {
    expect(output).toContain(reason);
  }
  expect(read("days.csv").split("\n").slice(0, 3)).toEqual([
    "day,sensor,readings,coldest,mean,hottest",
    "2026-03-01,dapur,2,27.0,28.2,29.5",
    "2026-03-01,kebun,2,24.1,27.8,31.4",
  ]);
  const { url } = (await summary(["open", "temperatures"])) as { url: string };
  expect((await visit(url)).text).toContain("<td>dapur</td>");
});

test("python-batch: each report answers by its arguments, and a wrong one is explained", async () => {
  const { output } = await follow("python-batch");
  expect(output).toContain('"page": "/pesan"');
  expect(output).toContain('"visitor": "ana"');
  expect(output).toContain('"visitor": "dewi"');
  expect(output).toContain("invalid choice: 'everything'");
});

test("inference: two sentences are judged in one request, and the script gives the same model", async () => {
  const { output, folder } = await follow("inference");
  expect(output).toMatch(/bad \(\d+ %\): The coffee was cold/);
  expect(output).toMatch(/good \(\d+ %\): Enak sekali/);
  const { makeModel } = (await import(join(root, "examples/inference/train.mjs"))) as {
    makeModel(): { model: Uint8Array; vocabulary: string[] };
  };
  const { model, vocabulary } = makeModel();
  expect(Buffer.compare(readFileSync(join(root, "examples/inference/model.onnx")), model)).toBe(0);
  // The README trains again, in its copy.
  expect(Buffer.compare(readFileSync(join(folder, "model.onnx")), model)).toBe(0);
  expect(JSON.parse(readFileSync(join(folder, "vocabulary.json"), "utf8"))).toEqual(vocabulary);
});

const MINUTE_MS = 60_000;
const QUARTER_MS = 15 * MINUTE_MS;

/** The schedule is due whenever a quarter of an hour ends by the log's time: none does in the next ten minutes. */
async function beginQuarter(): Promise<void> {
  const { logTimeMs } = (await summary(["jobs", "list"])) as { logTimeMs: number };
  const leftMs = QUARTER_MS - (logTimeMs % QUARTER_MS);
  if (leftMs < 10 * MINUTE_MS) await summary(["dev", "clock", "advance", `${Math.ceil(leftMs / MINUTE_MS)}m`]);
}

async function runsOf(name: string) {
  const { job } = (await summary(["jobs", "show", name])) as {
    job: { job: unknown; workloads: { number: number; status: string; output: string | null }[] };
  };
  return job;
}

test("cron-worker: a run by the schedule and one by hand share what they remember", async () => {
  await beginQuarter();
  const example = copyExample("cron-worker", network);
  const [deploy = "", wait = "", tryIt = "", ...more] = blocksOf(readReadme("cron-worker", "en"), "sh");
  expect(more).toEqual([]);
  const typed = async (lines: string) => {
    const { exitCode, output } = await example.type(lines);
    expect(exitCode, output.slice(-4_000)).toBe(0);
    return output;
  };
  expect(await typed(deploy)).toContain("*/15 * * * * (Asia/Jakarta)");
  await typed(wait);
  // Two runs at the same time would each know nothing of the other.
  await expect.poll(async () => (await runsOf("watchman")).workloads[0]?.status).toBe("finished");
  await typed(tryIt);
  const { job, workloads } = await runsOf("watchman");
  expect(job).toBe(null);
  const [newest] = workloads;
  expect(newest?.number).toBe(2);
  const { stdout } = await network.run(["cat", newest?.output ?? ""]);
  expect(JSON.parse(stdout)).toMatchObject({ number: 2 });
});
