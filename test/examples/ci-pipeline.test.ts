import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { root } from "../../scripts/rooms.ts";
import { useNetwork, visit } from "../cli/network.ts";
import { type GithubEvent, type Host, runGithub, runGitlab } from "./pipeline-host.ts";
import { blocksOf, copyExample, readReadme } from "./reader.ts";

const network = useNetwork();
const { run, summary } = network;
let secrets: { DSDN_SESSION: string; DSDN_TOKEN: string };
let ingress = "";

beforeAll(async () => {
  ingress = (await run(["dev", "status", "--quiet"])).stdout.trim();
  const session = await run(["session", "grant", "--name", "ci", "--print", "--quiet"]);
  expect(session.exitCode, session.stderr).toBe(0);
  const token = JSON.parse(readFileSync(join(network.home, "devnet", "running.json"), "utf8")) as { token: string };
  secrets = { DSDN_SESSION: session.stdout.trim(), DSDN_TOKEN: token.token };
});

/** A host with a copy of the example as its repository. */
function makeHost(name: string): Host & { edit(page: string, text: string): void } {
  const scratch = join(network.folder, `${name}-host`);
  const repository = join(scratch, "repository");
  mkdirSync(scratch);
  cpSync(join(root, "examples/ci-pipeline"), repository, { recursive: true });
  // Each host has a deployment of its own.
  writeFileSync(join(repository, "dsdn.yaml"), `name: handbook-${name}\n`);
  return {
    repository,
    scratch,
    secrets,
    // The session says where its network is.
    variables: {},
    edit: (page, text) => writeFileSync(join(repository, "pages", page), text),
  };
}

async function writeFile(host: Host, kind: "github" | "gitlab"): Promise<void> {
  rmSync(join(host.repository, ".github"), { recursive: true, force: true });
  rmSync(join(host.repository, ".gitlab-ci.yml"), { force: true });
  const { exitCode, stderr } = await run(["init", host.repository, "--ci", kind]);
  expect(exitCode, stderr).toBe(0);
}

const addressIn = (text: string) => /http:\/\/\S+/.exec(text)?.[0] ?? "";
const page = async (url: string, path = "") => (await visit(url, path)).text;
const versionsOf = async (name: string) =>
  ((await summary(["versions", name])) as { versions: { version: number }[] }).versions.length;

test("the files of the example are what dsdn init --ci writes", async () => {
  for (const [kind, file] of [
    ["github", ".github/workflows/dsdn.yml"],
    ["gitlab", ".gitlab-ci.yml"],
  ] as const) {
    const folder = join(network.folder, `fresh-${kind}`);
    await network.write({ [`fresh-${kind}/dsdn.yaml`]: "name: handbook\n" });
    await run(["init", folder, "--ci", kind]);
    const kept = readFileSync(join(root, "examples/ci-pipeline", file), "utf8");
    expect(kept, `run dsdn init --ci ${kind} in examples/ci-pipeline again`).toBe(
      readFileSync(join(folder, file), "utf8"),
    );
  }
});

test("what the README does by hand works", async () => {
  const example = copyExample("ci-pipeline", network);
  const { exitCode, output } = await example.type(blocksOf(readReadme("ci-pipeline", "en"), "sh").join("\n"));
  expect(exitCode, output.slice(-4_000)).toBe(0);
  expect(output).toContain("handbook is unchanged: version");
  expect(await versionsOf("handbook")).toBe(2);
});

describe("the GitHub workflow, step by step", () => {
  let host: ReturnType<typeof makeHost>;
  const repository = { default_branch: "main" };
  const push: GithubEvent = { event_name: "push", ref: "refs/heads/main", actor: "siti", event: { repository } };
  const pull = (action: string, more: { actor?: string; fork?: boolean } = {}): GithubEvent => ({
    event_name: "pull_request",
    ref: "refs/pull/7/merge",
    actor: more.actor ?? "siti",
    event: {
      action,
      repository,
      pull_request: { number: 7, head: { repo: { full_name: more.fork ? "stranger/handbook" : "acme/handbook" } } },
    },
  });
  let production = "";

  beforeAll(async () => {
    host = makeHost("github");
    await writeFile(host, "github");
  });

  test("a push to the default branch deploys, and the run's page shows the address", async () => {
    const outcomes = await runGithub(host, push);
    expect(Object.keys(outcomes)).toEqual(["production"]);
    expect(outcomes["production"], outcomes["production"]?.output).toMatchObject({
      exitCode: 0,
      calls: [expect.stringMatching(/^npm install --global --ignore-scripts dsdn@\d/)],
    });
    production = addressIn(outcomes["production"]?.shown ?? "");
    expect(await page(production, "welcome")).toContain("built and deployed by its pipeline");
  });

  test("the same content pushed again changes nothing, whichever way leads to the network", async () => {
    const { production: again } = await runGithub({ ...host, variables: { DSDN_INGRESS_ENDPOINT: ingress } }, push);
    expect(again).toMatchObject({ exitCode: 0, shown: `Production: ${production}\n` });
    expect(await versionsOf("handbook-github")).toBe(1);
  });

  test("a push to another branch deploys nothing", async () => {
    expect(await runGithub(host, { ...push, ref: "refs/heads/draft" })).toEqual({});
  });

  test("a pull request gets a preview of its own, named once, that keeps its address over pushes", async () => {
    host.edit("welcome.txt", "Welcome\n\nA better welcome.\n");
    const { preview: opened } = await runGithub(host, pull("opened"));
    expect(opened, opened?.output).toMatchObject({ exitCode: 0 });
    const address = addressIn(opened?.shown ?? "");
    expect(address).toContain("//pr-7--");
    expect(opened?.calls.at(-1)).toBe(`gh pr comment 7 --body Preview of this pull request, made by dsdn - ${address}`);
    expect(await page(address, "welcome")).toContain("A better welcome");
    expect(await page(production, "welcome")).toContain("built and deployed by its pipeline");
    host.edit("welcome.txt", "Welcome\n\nThe best welcome.\n");
    const { preview: pushed } = await runGithub(host, pull("synchronize"));
    expect(pushed).toMatchObject({ exitCode: 0, shown: `Preview: ${address}\n` });
    expect(pushed?.calls.filter((call) => call.startsWith("gh"))).toEqual([]);
    expect(await page(address, "welcome")).toContain("The best welcome");
  });

  test("a closed pull request loses its preview, and only that; a second end is harmless", async () => {
    const { preview } = await runGithub(host, pull("synchronize"));
    const address = addressIn(preview?.shown ?? "");
    for (let times = 0; times < 2; times++) {
      const outcomes = await runGithub(host, pull("closed"));
      expect(Object.keys(outcomes)).toEqual(["end-preview"]);
      expect(outcomes["end-preview"], outcomes["end-preview"]?.output).toMatchObject({ exitCode: 0 });
    }
    await expect.poll(async () => (await visit(address)).status).toBe(404);
    expect((await visit(production)).status).toBe(200);
  });

  test("pull requests of forks and of Dependabot run no job, for they get no secrets", async () => {
    for (const event of [pull("opened", { fork: true }), pull("opened", { actor: "dependabot[bot]" })]) {
      expect(await runGithub(host, event)).toEqual({});
    }
  });

  test("a failing build ends the job with the exit code of the project, and production stays", async () => {
    const build = readFileSync(join(host.repository, "build.mjs"), "utf8");
    writeFileSync(join(host.repository, "build.mjs"), "process.exit(9);\n");
    const { production: failed } = await runGithub(host, push);
    expect(failed?.exitCode).toBeGreaterThanOrEqual(20);
    expect(failed?.exitCode).toBeLessThan(30);
    expect(failed?.output).toContain("DSDN_PACKAGER_BUILD");
    expect((await visit(production)).status).toBe(200);
    writeFileSync(join(host.repository, "build.mjs"), build);
  });

  test("no secret, a revoked session and a network that is not there each have their exit code, and show no secret", async () => {
    const granted = await summary(["session", "grant", "--name", "over", "--print"]);
    await summary(["session", "revoke", String(granted["session"])]);
    const over = { ...secrets, DSDN_SESSION: String(granted["credential"]) };
    const bare = { ...host, secrets: { DSDN_TOKEN: secrets.DSDN_TOKEN } };
    const results = await Promise.all([
      runGithub(bare, push),
      runGithub({ ...bare, variables: { DSDN_INGRESS_ENDPOINT: ingress } }, push),
      runGithub({ ...host, secrets: over }, push),
      runGithub({ ...host, variables: { DSDN_INGRESS_ENDPOINT: "http://127.0.0.1:9" } }, push),
    ]);
    const found = results.map(({ production: job }) => [job?.exitCode, /DSDN_[A-Z_]+/.exec(job?.output ?? "")?.[0]]);
    expect(found).toEqual([
      [14, "DSDN_DEVNET_NOT_RUNNING"],
      [17, "DSDN_CLIENT_ACCOUNT_NEEDED"],
      [33, "DSDN_CLIENT_SESSION_REVOKED"],
      [31, "DSDN_BASE_UNREACHABLE"],
    ]);
    for (const { production: job } of results) {
      for (const secret of [secrets.DSDN_TOKEN, secrets.DSDN_SESSION, over.DSDN_SESSION]) {
        expect(job?.output).not.toContain(secret);
      }
    }
  });
});

describe("the GitLab pipeline, line by line", () => {
  let host: ReturnType<typeof makeHost>;
  const main = { CI_PIPELINE_SOURCE: "push", CI_COMMIT_BRANCH: "main", CI_DEFAULT_BRANCH: "main" };
  const merge = {
    CI_PIPELINE_SOURCE: "merge_request_event",
    CI_DEFAULT_BRANCH: "main",
    CI_MERGE_REQUEST_IID: "12",
    CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "7",
  };
  let production = "";

  beforeAll(async () => {
    host = makeHost("gitlab");
    await writeFile(host, "gitlab");
  });

  test("the default branch deploys, once for the same content, and the environment shows the address", async () => {
    const { production: first, ...rest } = await runGitlab(host, main);
    expect(rest).toEqual({});
    expect(first, first?.output).toMatchObject({ exitCode: 0, shown: expect.stringMatching(/^production http:/) });
    production = addressIn(first?.shown ?? "");
    expect(await page(production, "work")).toContain("every pull request has a preview");
    expect((await runGitlab(host, main))["production"]).toMatchObject({ exitCode: 0, shown: first?.shown });
    expect(await versionsOf("handbook-gitlab")).toBe(1);
    expect(await runGitlab(host, { ...main, CI_COMMIT_BRANCH: "draft" })).toEqual({});
  });

  test("a merge request gets a preview, which ends with it", async () => {
    host.edit("work.txt", "How we work\n\nOtherwise.\n");
    const { preview, ...rest } = await runGitlab(host, merge);
    expect(rest).toEqual({});
    expect(preview, preview?.output).toMatchObject({ exitCode: 0, shown: expect.stringMatching(/^preview\/12 http:/) });
    const address = addressIn(preview?.shown ?? "");
    expect(await page(address, "work")).toContain("Otherwise");
    expect(await page(production, "work")).not.toContain("Otherwise");
    const stopped = await runGitlab(host, merge, { stopped: "preview/12" });
    expect(Object.keys(stopped)).toEqual(["end-preview"]);
    expect(stopped["end-preview"], stopped["end-preview"]?.output).toMatchObject({ exitCode: 0 });
    await expect.poll(async () => (await visit(address)).status).toBe(404);
  });

  test("a merge request of a fork runs nothing, and a failing build ends with its exit code", async () => {
    expect(await runGitlab(host, { ...merge, CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "8" })).toEqual({});
    writeFileSync(join(host.repository, "build.mjs"), "process.exit(9);\n");
    const { production: failed } = await runGitlab(host, main);
    expect(failed?.exitCode).toBeGreaterThanOrEqual(20);
    expect(failed?.exitCode).toBeLessThan(30);
  });
});
