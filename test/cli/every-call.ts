import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** One call of a walk through the commands of the program. */
export interface WalkedCall {
  /** The command it is a call of, as the manifest names it. */
  readonly command: string;
  readonly args: readonly string[];
  readonly input?: string;
  /** Whose home it is called with; `home` unless said. */
  readonly home?: string;
  /** What else it may end with than 0; some commands end with what they found. */
  readonly exitCodes?: readonly number[];
  /** Values of its JSON answer that later calls write as `{name}`. */
  readonly keep?: (summary: Record<string, unknown>) => { readonly [name: string]: unknown };
}

/** Commands that no walk can call and why; each has a test of its own. */
export const calledElsewhere: { readonly [command: string]: string } = {
  demo: "plays a whole network for a minute: demo.test.ts",
  "dev deploy": "framework builds and watching: dev-deploy.test.ts",
  login: "needs a provider to sign in at: login.test.ts",
  logout: "the same",
  "role run": "runs until it is stopped: roles.test.ts",
};

/** Files the calls name, by their path in the folder of the walk. */
const files: { readonly [path: string]: string } = {
  "site/index.html": "<!doctype html><title>One</title><h1>one</h1>",
  "count.js": 'export default async function main(stdin) { return "read " + stdin.text().trim(); }',
  "hello.js": 'export default { fetch() { console.log("asked"); return new Response("hello"); } };',
  "words.txt": "a b c",
  "note.txt": "beli susu",
  passphrase: "correct horse battery staple\n",
};

export async function writeWalkedFiles(folder: string): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text, { mode: secrets.includes(path) ? 0o600 : 0o644 });
  }
}

/** Kept readable for their owner only: the program refuses secrets that others can read. */
const secrets: readonly string[] = ["passphrase"];

const of = (command: string, ...args: string[]): WalkedCall => ({ command, args: [...command.split(" "), ...args] });

/** By a user of this machine who has no account yet. */
const elsewhere = (call: WalkedCall, home = "other"): WalkedCall => ({ ...call, home });

/**
 * A walk through the program on a devnet that runs, in order. With `leaving` and the commands of `calledElsewhere`, every
 * command is called once at least.
 */
export const building: readonly WalkedCall[] = [
  of("version"),
  of("help", "deploy"),
  of("completion", "bash"),
  of("schema", "upload"),
  of("explain", "DSDN_CLIENT_TARGET_EXISTS"),
  { ...of("doctor"), exitCodes: [0, 19] },
  of("config set", "verbosity", "0"),
  of("config", "--explain"),
  of("config unset", "verbosity"),
  // The network and its account.
  { ...of("dev status"), keep: ({ ingressUrl }) => ({ ingress: ingressUrl }) },
  of("dev logs"),
  of("dashboard"),
  { ...of("dev shell"), input: "return (await client.nodes()).length" },
  of("keys generate", "--store", "device"),
  of("keys status"),
  {
    ...of("keys split", "--out", "shares"),
    keep: ({ files }) =>
      Object.fromEntries(
        (files as string[]).filter((path) => path.endsWith(".txt")).map((path, index) => [`share${index + 1}`, path]),
      ),
  },
  of("keys rehearse", "--share-file", "{share1}", "--share-file", "{share2}"),
  of("keys export", "--out", "account.txt", "--passphrase-file", "passphrase"),
  elsewhere(of("keys import", "--key-file", "account.txt", "--store", "device", "--passphrase-file", "passphrase")),
  elsewhere(of("keys recover", "--share-file", "{share1}", "--share-file", "{share2}", "--store", "device"), "third"),
  elsewhere(of("network add", "second", "--ingress", "{ingress}", "--no-check")),
  elsewhere(of("network list")),
  elsewhere(of("network use", "second")),
  { ...elsewhere(of("network test", "second")), exitCodes: [0, 19] },
  elsewhere(of("network remove", "second")),
  of("session grant", "--name", "ci", "--out", "ci.dsdn"),
  of("session list"),
  of("session revoke", "ci"),
  // Storage.
  { ...of("upload", "note.txt", "--name", "note"), keep: ({ object }) => ({ object: object }) },
  of("upload", "words.txt", "--public", "--name", "words"),
  of("ls"),
  of("stat", "note"),
  of("cat", "note"),
  of("get", "note", "--out", "back"),
  { ...of("share", "words"), keep: ({ link }) => ({ link: link }) },
  of("links list"),
  of("links revoke", "{link}"),
  of("estimate", "site"),
  of("verify receipt", "{object}"),
  // Deployments.
  of("init", "app", "--template", "web-app"),
  of("package", "site"),
  of("deploy", "hello.js", "--name", "hello"),
  of("deploy", "hello.js", "--name", "hello", "--dry-run"),
  of("deploy", "hello.js", "--name", "hello", "--explain"),
  of("status", "hello"),
  of("status"),
  of("exec", "hello", "GET", "/"),
  of("logs", "hello"),
  of("open", "hello"),
  of("deploy", "site", "--name", "hello", "--preview", "look"),
  of("promote", "hello", "look"),
  of("versions", "hello"),
  of("rollback", "hello", "--to", "1"),
  of("alias set", "hello", "www"),
  of("alias list", "hello"),
  of("alias rm", "hello", "www"),
  of("env set", "hello", "COLOUR=red", "--no-wait"),
  of("env list", "hello"),
  of("env unset", "hello", "COLOUR", "--no-wait"),
  { ...of("secrets put", "hello", "API_KEY", "--file", "-", "--no-wait"), input: "very-secret" },
  of("secrets list", "hello"),
  of("secrets rm", "hello", "API_KEY", "--no-wait"),
  of("domains add", "hello", "shop.example.org"),
  of("domains list", "hello"),
  { ...of("domains verify", "hello", "shop.example.org", "--within", "0s"), exitCodes: [37] },
  of("domains rm", "hello", "shop.example.org"),
  of("deploy", "count.js", "--wait", "--stdin", "words.txt"),
  of("jobs list"),
  of("jobs show", "count"),
  of("jobs rerun", "count"),
  // The run that was begun again may have ended by itself in the meantime.
  { ...of("jobs cancel", "count"), exitCodes: [0, 38] },
  of("usage"),
];

/** Calls that change nothing, for whatever is to be asked of many answers, between `building` and `leaving`. */
export const reading: readonly WalkedCall[] = [
  of("version"),
  of("config", "--explain"),
  of("dev status"),
  of("ls"),
  of("stat", "note"),
  of("status"),
  of("status", "hello"),
  of("versions", "hello"),
  of("jobs show", "count"),
  of("env list", "hello"),
  of("domains list", "hello"),
  of("keys status"),
  of("usage"),
];

/** The end of the walk. */
export const leaving: readonly WalkedCall[] = [
  of("remove", "hello"),
  of("rm", "note"),
  // What operators ask.
  of("da cost", "--tia-usd", "4"),
  of("da status"),
  of("verify state"),
  of("rebuild", "validator"),
  of("role init", "net"),
  of("dev fault", "slow", "node-1"),
  of("dev heal"),
  of("dev clock advance", "1h"),
];

/** The arguments with what earlier calls kept in the place of `{name}`. */
export function fillIn(args: readonly string[], kept: ReadonlyMap<string, string>): string[] {
  return args.map((arg) => arg.replace(/^\{(\w+)\}$/, (slot, name: string) => kept.get(name) ?? slot));
}
