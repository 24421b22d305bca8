import { chmod, mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { DsdnError, systemClock, toUtf8 } from "../../../src/base/index.ts";
import { findProjectNetwork, parseProjectNetwork } from "../../../src/commands/framework/config/project-network.ts";
import { updateConfig } from "../../../src/profile/config-store.ts";
import { configPath, emptyConfig, loadConfig } from "../../../src/profile/load-config.ts";
import {
  findOrigin,
  isExposedWay,
  isNetworkName,
  type KnownNetwork,
  parseConfig,
  writeConfig,
} from "../../../src/profile/user-config.ts";

const staging: KnownNetwork = {
  ingresses: ["https://a.example.org", "https://b.example.org:8443"],
  networkId: "ab".repeat(32),
  tokenFile: "/home/me/token",
  sessionFile: null,
  caFile: null,
  isInsecure: false,
};
const whole = { settings: { lang: "id", network: "staging" }, networks: new Map([["staging", staging]]) } as const;

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "dsdn-config-"));
  folders.push(folder);
  return folder;
}

function refusalOf(document: unknown): string {
  const text = typeof document === "string" ? document : JSON.stringify(document);
  try {
    parseConfig(toUtf8(text), "/home/config.json");
  } catch (error) {
    if (error instanceof DsdnError) return `${error.code} ${String(error.facts["field"])}`;
    throw error;
  }
  return "none";
}

const withNetwork = (change: object, name = "staging") => ({
  version: 1,
  settings: {},
  networks: { [name]: { ...staging, ...change } },
});

describe("what a user keeps", () => {
  test("reads back as it was written", () => {
    expect(parseConfig(toUtf8(writeConfig(whole)), "x")).toEqual(whole);
    expect(parseConfig(toUtf8('{"version":1}'), "x")).toEqual(emptyConfig);
  });

  test.each([
    ["no JSON", "{", "config.json"],
    ["another shape", [1], "config.json"],
    ["another version", { version: 2 }, "version"],
    ["an unknown field", { version: 1, hooks: [] }, "'hooks' (config.json)"],
    ["an unknown setting", { version: 1, settings: { ingress: "https://evil.example" } }, "'ingress' (settings)"],
    ["a setting of another kind", { version: 1, settings: { lang: ["id"] } }, "settings.lang"],
    ["a word the setting does not know", { version: 1, settings: { store: "cloud" } }, "settings.store"],
    ["an unknown field of a network", withNetwork({ token: "secret" }), "'token' (networks.staging)"],
    ["no ingress", withNetwork({ ingresses: [] }), "networks.staging.ingresses"],
    [
      "too many ingresses",
      withNetwork({ ingresses: Array(9).fill("https://a.example") }),
      "networks.staging.ingresses",
    ],
    ["an address with a password", withNetwork({ ingresses: ["https://u:p@a.example"] }), "networks.staging.ingresses"],
    ["an address with a path", withNetwork({ ingresses: ["https://a.example/x"] }), "networks.staging.ingresses"],
    ["another scheme", withNetwork({ ingresses: ["file:///etc/passwd"] }), "networks.staging.ingresses"],
    ["http to another machine", withNetwork({ ingresses: ["http://a.example"] }), "networks.staging.ingresses"],
    ["an id that is none", withNetwork({ networkId: "AB" }), "networks.staging.networkId"],
    ["a path that depends on where one stands", withNetwork({ tokenFile: "token" }), "networks.staging.tokenFile"],
    ["a path with NUL", withNetwork({ caFile: "/a\u0000b" }), "networks.staging.caFile"],
    ["the name of the machine's own network", withNetwork({}, "devnet"), "networks.devnet"],
    ["a name that is a path", withNetwork({}, "../x"), "networks.../x"],
    ["the name of a prototype", '{"version":1,"networks":{"__proto__":{}}}', "networks.__proto__"],
    ["a file that is too long", `{"version":1,${" ".repeat(65_536)}}`, "config.json"],
  ])("is refused with %s, naming the field", (_what, document, field) => {
    expect(refusalOf(document)).toBe(`DSDN_PROFILE_CONFIG_INVALID ${field}`);
  });

  test("may be http to this machine, or elsewhere when the user said so", () => {
    for (const url of ["http://127.0.0.1:80", "http://localhost:4000", "http://a.localhost", "http://[::1]:1"]) {
      expect(isExposedWay(url)).toBe(false);
    }
    for (const url of ["http://10.0.0.1", "http://localhost.example.org", "http://127.0.0.1.example.org"]) {
      expect(isExposedWay(url)).toBe(true);
    }
    expect(refusalOf(withNetwork({ ingresses: ["http://a.example"], isInsecure: true }))).toBe("none");
  });

  test("takes addresses as origins and names as plain words", () => {
    expect(findOrigin("https://A.example:443/")).toBe("https://a.example");
    for (const url of ["https://a/?x", "https://a/#x", "ftp://a", "a", `https://${"a".repeat(2100)}`]) {
      expect(findOrigin(url)).toBeUndefined();
    }
    expect(["a", "a-b", "a".repeat(32)].every(isNetworkName)).toBe(true);
    expect(["", "-a", "a-", "A", "a b", "a/b", "a".repeat(33)].some(isNetworkName)).toBe(false);
  });
});

describe("the file of a user", () => {
  const place = async () => {
    const folder = await makeFolder();
    return { folder, env: { DSDN_HOME: join(folder, "home") } };
  };
  const codeOf = (load: () => unknown) => {
    try {
      load();
    } catch (error) {
      return error instanceof DsdnError ? error.code : "other";
    }
    return "none";
  };

  test("is written whole, for its owner alone, and keeps what two commands add at once", async () => {
    const terminal = await place();
    const deps = { clock: systemClock() };
    const names = ["a", "b", "c", "d"];
    await Promise.all(
      names.map((name) =>
        updateConfig(terminal, deps, (config) => ({
          ...config,
          networks: new Map(config.networks).set(name, staging),
        })),
      ),
    );
    expect([...(await loadConfig(terminal)).get().networks.keys()]).toEqual(names);
    if (process.platform !== "win32") expect((await stat(configPath(terminal))).mode & 0o777).toBe(0o600);
    expect(await readdir(terminal.env.DSDN_HOME)).toEqual(["config.json"]);
  });

  test.skipIf(process.platform === "win32")(
    "is not believed when others could have written it, or when it is a link",
    async () => {
      const terminal = await place();
      await mkdir(terminal.env.DSDN_HOME);
      const path = configPath(terminal);
      await writeFile(path, '{"version":1}');
      await chmod(path, 0o666);
      expect(codeOf((await loadConfig(terminal)).get)).toBe("DSDN_PROFILE_FILE_EXPOSED");
      await chmod(path, 0o600);
      expect(codeOf((await loadConfig(terminal)).get)).toBe("none");
      await rm(path);
      await symlink("/dev/zero", path);
      expect(codeOf((await loadConfig(terminal)).get)).toBe("DSDN_PROFILE_FILE_EXPOSED");
    },
  );
});

describe("the file of a project", () => {
  test("may name a network and nothing else", () => {
    expect(parseProjectNetwork("# ours\n\nnetwork: staging  # the shared one\n")).toEqual({
      network: "staging",
      place: ".dsdn:3",
    });
    expect(parseProjectNetwork("")).toBeUndefined();
    for (const text of [
      "ingress: https://evil.example",
      "network: https://evil.example",
      "network: ../staging",
      "network: a\nnetwork: b",
      "network: a\nhook: ./run.sh",
      "network:",
      '{"network":"a"}',
      "network: a\u001b[2J",
    ]) {
      expect(() => parseProjectNetwork(text), text).toThrow(
        expect.objectContaining({ code: "DSDN_COMMANDS_PROJECT_FILE_INVALID" }),
      );
    }
  });

  test("is not followed when it is a link, not read when it is a folder, and not read to its end when it is long", async () => {
    const folder = await makeFolder();
    await symlink("/dev/zero", join(folder, ".dsdn"));
    expect(await findProjectNetwork(folder)).toBeUndefined();
    await rm(join(folder, ".dsdn"));
    await mkdir(join(folder, ".dsdn"));
    expect(await findProjectNetwork(folder)).toBeUndefined();
    await rm(join(folder, ".dsdn"), { recursive: true });
    await writeFile(join(folder, ".dsdn"), `network: a\n${"#".repeat(5000)}`);
    await expect(findProjectNetwork(folder)).rejects.toMatchObject({ code: "DSDN_COMMANDS_PROJECT_FILE_INVALID" });
  });
});
