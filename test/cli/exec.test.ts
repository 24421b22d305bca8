import { expect, test } from "vitest";
import { useNetwork } from "./network.ts";

const network = useNetwork();
const { run, summary, failure, write } = network;

const api = `export default { async fetch(request) {
  const { pathname, searchParams } = new URL(request.url);
  if (pathname === "/fail") { console.error("it broke"); return new Response("no", { status: 500 }); }
  console.log("asked for " + pathname);
  const body = await request.text();
  const answer = { method: request.method, body, q: searchParams.get("q"), mark: request.headers.get("x-mark") };
  return new Response(JSON.stringify(answer), { headers: { "content-type": "application/json" } });
} };`;

test("dsdn exec sends one request by the deployment's own name and prints the body as it came", async () => {
  await write({ "api/index.ts": api, "note.txt": "from a file" });
  await summary(["deploy", "api", "--name", "notes"]);
  const got = await run(["exec", "notes", "GET", "/list?q=1", "--header", "x-mark: yes"]);
  expect({ exitCode: got.exitCode, body: JSON.parse(got.stdout) }).toEqual({
    exitCode: 0,
    body: { method: "GET", body: "", q: "1", mark: "yes" },
  });
  const put = await run(["exec", "notes", "PUT", "/one", "--data", "@note.txt"]);
  expect(JSON.parse(put.stdout)).toMatchObject({ method: "PUT", body: "from a file" });
  const piped = await run(["exec", "notes", "POST", "/one", "--data", "-"], { input: "from a pipe" });
  expect(JSON.parse(piped.stdout)).toMatchObject({ method: "POST", body: "from a pipe" });
  const asJson = await summary(["exec", "notes", "GET", "/fail"]);
  expect(asJson).toMatchObject({ status: 500, version: 1, text: "no", sizeBytes: 2 });
  const plain = await run(["exec", "notes", "GET", "/fail", "--lang", "en"]);
  expect(plain).toMatchObject({ exitCode: 0, stdout: "no", stderr: expect.stringContaining("500 from version 1") });
});

test("what cannot be a request is refused before anything is sent", async () => {
  expect(await failure(["exec", "notes", "GET", "list"])).toMatchObject({ code: "DSDN_COMMANDS_VALUE_INVALID" });
  expect(await failure(["exec", "notes", "GET", "/a b"])).toMatchObject({ code: "DSDN_COMMANDS_VALUE_INVALID" });
  for (const header of ["host: evil.example", "no colon", "a: b\r\nc: d"]) {
    expect((await failure(["exec", "notes", "GET", "/", "--header", header])).exitCode, header).toBe(2);
  }
  expect(await failure(["exec", "none", "GET", "/"])).toMatchObject({ code: "DSDN_CLIENT_DEPLOYMENT_UNKNOWN" });
  await write({ "job.js": "export default function main() { return 'done'; }" });
  await summary(["deploy", "job.js", "--wait"]);
  expect(await failure(["exec", "job", "GET", "/"])).toMatchObject({ code: "DSDN_COMMANDS_EXEC_SCRIPT", exitCode: 2 });
});

test("dsdn exec runs a script with arguments and input of its own, and later runs know nothing of them", async () => {
  const script = `export default function main(stdin, env, args) {
    if (args[0] === "fail") { console.error("told to"); dsdn.exitCode = 7; return "half"; }
    return [args.join(","), dsdn.args.length, stdin.text()].join("|");
  }`;
  await write({ "args/main.ts": script, "args/dsdn.yaml": "args: [--top, 1.10]\n", "words.txt": "from a file" });
  const first = await summary(["deploy", "args", "--type", "batch", "--wait", "--stdin", "words.txt"]);
  expect(first).toMatchObject({ output: { text: "--top,1.10|2|from a file" }, visibility: "private" });
  const asked = await run(["exec", "args", "--", "a b", "-x", "--quiet"]);
  expect(asked).toMatchObject({ exitCode: 0, stdout: "a b,-x,--quiet|3|from a file" });
  const piped = await run(["exec", "args", "--data", "-", "--"], { input: "from a pipe" });
  expect(piped.stdout).toBe("|0|from a pipe");
  expect((await run(["exec", "args"])).stdout).toBe("--top,1.10|2|from a file");

  const failed = await run(["exec", "args", "--lang", "en", "--", "fail"]);
  expect(failed).toMatchObject({ exitCode: 3, stdout: "half" });
  expect(failed.stderr).toContain("told to");
  expect(failed.stderr).toContain("exit code 7");
  const { stdout, exitCode } = await run(["exec", "args", "--json", "--data", "y", "--", "x"]);
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout).summary).toMatchObject({ run: 6, exitCode: 0, output: { text: "x|1|y" } });

  await summary(["env", "set", "args", "COLOUR=red"]);
  const runs = (await summary(["jobs", "show", "args"])) as { job: { workloads: { status: string }[] } };
  expect(runs.job.workloads.map(({ status }) => status)).toEqual(["held", ...Array(6).fill("finished")]);
  const logged = await run(["logs", "args"]);
  expect(logged.stdout).toContain("exit code 0");
  expect((await run(["exec", "args"])).stdout).toBe("--top,1.10|2|from a file");
});

test("Ctrl-C leaves a run that was begun, and tells how to follow it", async () => {
  const wait = "export default (_in, _env, [wait]) => new Promise((done) => setTimeout(done, wait ? 60_000 : 0));";
  await write({ "slow.js": wait });
  await summary(["deploy", "slow.js", "--type", "batch", "--wait"]);
  const left = await run(["exec", "slow", "-v", "--lang", "en", "--", "wait"], {
    interruptWhen: (_stdout, stderr) => stderr.includes("Running slow, run 2"),
  });
  expect(left.exitCode).toBe(130);
  expect(left.stderr).toContain("dsdn jobs show slow");
  // A run that takes its time is told of as running.
  let status = "";
  for (let tries = 0; tries < 200 && status !== "running"; tries++) {
    const { job } = (await summary(["jobs", "show", "slow"])) as { job: { workloads: { status: string }[] } };
    status = job.workloads[0]?.status ?? "";
  }
  expect(status).toBe("running");
  expect(await summary(["jobs", "cancel", "slow"])).toMatchObject({ runs: [2] });
});

test("too many arguments, or arguments for what takes none, are refused before anything is sent", async () => {
  const many = Array.from({ length: 129 }, () => "--arg=x");
  const failed = await failure(["deploy", "args", "--type", "batch", ...many]);
  expect(failed).toMatchObject({ code: "DSDN_INTENT_VALUE_INVALID", facts: { field: "args" } });
  await write({ "still/index.html": "<h1>hi</h1>" });
  expect(await failure(["deploy", "still", "--arg", "x"])).toMatchObject({ code: "DSDN_INTENT_ARGS_UNUSED" });
});

test("dsdn logs shows only what went wrong, or only what is new, when asked to", async () => {
  const texts = async (...flags: string[]) => {
    const { stdout } = await run(["logs", "notes", "--json", ...flags]);
    return stdout.split("\n").flatMap((line) => (line === "" ? [] : [String(JSON.parse(line).text)]));
  };
  expect(await texts()).toContain("asked for /list");
  const wrong = await texts("--level", "error");
  expect(wrong).toContain("it broke");
  expect(wrong.some((text) => text.startsWith("GET /fail 500"))).toBe(true);
  expect(wrong).not.toContain("asked for /list");
  expect((await texts("--level", "info")).every((text) => !/^GET /.test(text))).toBe(true);
  expect(await texts("--since", "1h")).toContain("asked for /list");
  expect(await texts("--since", "2099-01-01")).toEqual([]);
  expect(await failure(["logs", "notes", "--since", "yesterday"])).toMatchObject({ exitCode: 2 });
});

test("dsdn status tells by a real request whether a deployment answers, with which version and how fast", async () => {
  expect(await summary(["status", "notes"])).toMatchObject({
    health: { status: 200, version: 1, tookMs: expect.any(Number), refusal: null },
  });
  expect((await run(["status", "notes", "--lang", "en"])).stdout).toMatch(/Health +answers 200 in .+, version 1/);
  expect(await summary(["status", "job"])).toMatchObject({ health: null });
});

test("dsdn open prints the address where there is no terminal, and opens nothing", async () => {
  const opened = await summary(["open", "notes"]);
  expect(opened).toMatchObject({ isOpened: false, url: expect.stringMatching(/^http:/) });
  expect((await run(["open", "notes", "--quiet"])).stdout.trim()).toBe(opened["url"]);
});
