import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { useNetwork, visit } from "./network.ts";

const network = useNetwork();
const { run, summary, failure, write } = network;

/** Whether any file of the user's home and of the network, the log and its archive among them, holds the text. */
function isOnDisk(text: string): boolean {
  const { status, stderr } = spawnSync("grep", ["-r", "-a", "-l", "-F", "-e", text, network.home], {
    encoding: "utf8",
  });
  if (status !== 0 && status !== 1) throw new Error(stderr);
  return status === 0;
}

describe("dsdn env and dsdn secrets", () => {
  test("want a deployment that is there, a good name, and a value that is not on the command line", async () => {
    expect(await failure(["secrets", "put", "nothing", "KEY", "--file", "-"])).toMatchObject({
      code: "DSDN_CLIENT_DEPLOYMENT_UNKNOWN",
      exitCode: 34,
    });
    expect(await failure(["env", "set", "nothing", "A=1"])).toMatchObject({ code: "DSDN_CLIENT_DEPLOYMENT_UNKNOWN" });
    expect(await failure(["env", "set", "nothing", "A"])).toMatchObject({
      code: "DSDN_COMMANDS_ENV_PAIR",
      exitCode: 2,
    });
    expect(await failure(["env", "set", "nothing", "2A=1"])).toMatchObject({ code: "DSDN_CLIENT_ENV_REFUSED" });
    expect(await failure(["secrets", "put", "nothing", "A-B"])).toMatchObject({ code: "DSDN_CLIENT_ENV_REFUSED" });
    expect((await run(["secrets", "put", "nothing", "KEY", "value"])).exitCode).toBe(2);
  });

  test("make new versions of a running site at once, which a later deploy keeps", async () => {
    await write({ "shop/index.html": "a shop" });
    const { url } = await summary(["deploy", "shop"]);
    const set = await summary(["env", "set", "shop", "COLOUR=dark red", "SIZE=2"]);
    expect(set).toMatchObject({ name: "shop", names: ["COLOUR", "SIZE"], version: 2, status: "running" });
    const put = await summary(["secrets", "put", "shop", "API_KEY", "--file", "-"], "canary-8e1f4a\n");
    expect(put).toMatchObject({ names: ["API_KEY"], version: 3, status: "running" });
    expect(await summary(["env", "list", "shop"])).toEqual({
      name: "shop",
      env: [
        { name: "COLOUR", value: "dark red" },
        { name: "SIZE", value: "2" },
      ],
    });
    expect(await summary(["secrets", "list", "shop"])).toEqual({ name: "shop", secrets: ["API_KEY"] });
    await write({ "shop/index.html": "a new shop" });
    expect(await summary(["deploy", "shop"])).toMatchObject({ version: 4, url });
    expect((await visit(String(url))).text).toBe("a new shop");
    expect((await summary(["env", "list", "shop"]))["env"]).toHaveLength(2);
    expect((await summary(["secrets", "list", "shop"]))["secrets"]).toEqual(["API_KEY"]);
  });

  test("change nothing when that is so already, and take away what is not wanted any more", async () => {
    const same = await summary(["env", "set", "shop", "SIZE=2"]);
    expect(same).toMatchObject({ isChanged: false, version: null, workload: null });
    expect((await run(["env", "set", "shop", "SIZE=2", "--lang", "en"])).stdout).toContain("nothing was changed");
    expect(await summary(["env", "unset", "shop", "SIZE"])).toMatchObject({ version: 5, status: "running" });
    expect((await summary(["env", "list", "shop"]))["env"]).toEqual([{ name: "COLOUR", value: "dark red" }]);
    expect((await run(["secrets", "list", "shop"])).stdout).toContain("API_KEY");
  });

  test("a name is a value or a secret: setting it as one ends it as the other", async () => {
    await summary(["env", "set", "shop", "API_KEY=public now", "--no-wait"]);
    expect((await summary(["secrets", "list", "shop"]))["secrets"]).toEqual([]);
    await summary(["secrets", "put", "shop", "COLOUR", "--file", "-", "--no-wait"], "canary-8e1f4b");
    expect((await summary(["env", "list", "shop"]))["env"]).toEqual([{ name: "API_KEY", value: "public now" }]);
    expect(await summary(["secrets", "rm", "shop", "COLOUR"])).toMatchObject({ names: ["COLOUR"] });
    expect((await summary(["secrets", "list", "shop"]))["secrets"]).toEqual([]);
  });

  test("a secret too long for one is refused without a word of it", async () => {
    const input = `canary-8e1f4c${"x".repeat(5000)}`;
    const { exitCode, stdout, stderr } = await run(["secrets", "put", "shop", "LONG", "--file", "-", "-vvv"], {
      input,
    });
    expect(exitCode).toBe(2);
    expect(stdout + stderr).toContain("DSDN_CLIENT_ENV_REFUSED");
    expect(stdout + stderr).not.toContain("canary");
  });

  test("no secret ever lay on a disk of the user or of the network; a plain value does", async () => {
    // A running network makes and removes files while they are read.
    await summary(["dev", "stop"]);
    expect(isOnDisk("dark red")).toBe(true);
    expect(isOnDisk("canary-8e1f4")).toBe(false);
  });
});
