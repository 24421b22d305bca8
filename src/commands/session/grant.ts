import { resolve } from "node:path";
import { fail, systemDisk, toUtf8 } from "../../base/index.ts";
import { type Block, type CommandResult, formatTime, type Say } from "../../ui/index.ts";
import { isExposedWay } from "../framework/config/index.ts";
import {
  BaseCommand,
  type CommandTexts,
  commandErrors,
  durationFlag,
  nextStep,
  openAccountAccess,
  openNetwork,
  parseSiteName,
  passphraseFileFlag,
  pathFlag,
  sizeFlag,
  switchFlag,
  textFlag,
} from "../framework/index.ts";
import type { Summary } from "../framework/schemas/index.ts";

type Granted = Summary<"session grant">;
type Scope = Granted["scopes"][number];

const DAY_MS = 24 * 3_600_000;
const LIFETIME_MS = 30 * DAY_MS;
const LIFETIME_MAX_MS = 366 * DAY_MS;
const SCOPES: readonly Scope[] = ["upload", "deploy", "delete"];
const SCOPES_DEFAULT: readonly Scope[] = ["upload", "deploy"];

const texts = {
  granting: { en: "Granting the session", id: "Memberi sesi" },
  done: {
    en: "The session {name} may {scopes} until {time}. Its key is in {file} (0600).",
    id: "Sesi {name} boleh {scopes} sampai {time}. Kuncinya ada di {file} (0600).",
  },
  printed: {
    en: "The session {name} may {scopes} until {time}. Its key was printed once and is kept nowhere.",
    id: "Sesi {name} boleh {scopes} sampai {time}. Kuncinya dicetak sekali dan tidak disimpan di mana pun.",
  },
  own: {
    en: "It can open only what it stores itself.",
    id: "Sesi ini hanya dapat membuka yang disimpannya sendiri.",
  },
  deployments: {
    en: "It can also open the settings and secrets of your deployments, and that stays so after it is revoked.",
    id: "Sesi ini juga dapat membuka setelan dan rahasia deployment Anda, dan tetap dapat setelah dicabut.",
  },
  account: {
    en: "It can open everything private of your account, and that stays so after it is revoked.",
    id: "Sesi ini dapat membuka semua yang privat di akun Anda, dan tetap dapat setelah dicabut.",
  },
  put: {
    en: "Put the text of {file} into the secret DSDN_SESSION of your CI, then delete the file.",
    id: "Taruh isi {file} sebagai rahasia DSDN_SESSION di CI Anda, lalu hapus berkasnya.",
  },
} as const;

/** Grants a session key for a machine that does not have the account key. */
export default class SessionGrantCommand extends BaseCommand<Granted> {
  static override readonly texts: CommandTexts = {
    summary: { en: "Grant a session key, for CI.", id: "Beri kunci sesi, untuk CI." },
    description: {
      en: "Whoever has the session acts for you on this network within its scopes, quota and time, without your account key. Commands use it from DSDN_SESSION (the text) or DSDN_SESSION_FILE (a file with it).",
      id: "Siapa pun yang memegang sesi ini bertindak atas nama Anda di jaringan ini dalam batas izin, kuota, dan waktunya, tanpa kunci akun Anda. Perintah memakainya dari DSDN_SESSION (teksnya) atau DSDN_SESSION_FILE (berkas berisi teks itu).",
    },
    examples: [
      {
        command: "session grant --name ci --expires 30d --out session.dsdn",
        text: { en: "Into a file that only you can read.", id: "Ke berkas yang hanya dapat Anda baca." },
      },
      {
        command: "session grant --name ci --print | gh secret set DSDN_SESSION",
        text: { en: "Straight into a secret of CI.", id: "Langsung ke rahasia CI." },
      },
    ],
  };
  static override readonly flags = {
    name: textFlag({
      required: true,
      text: { en: "Your name for it: a-z 0-9 -", id: "Nama dari Anda: a-z 0-9 -" },
    }),
    expires: durationFlag({
      text: {
        en: "How long it lasts, at most 366d; 30d unless said.",
        id: "Masa berlaku, paling lama 366d; bawaan 30d.",
      },
    }),
    scope: textFlag({
      text: {
        en: "What it may do, of upload,deploy,delete; upload,deploy unless said.",
        id: "Yang boleh dilakukannya, dari upload,deploy,delete; bawaan upload,deploy.",
      },
    }),
    quota: sizeFlag({
      text: {
        en: "How much it may store in all, such as 10GB; your own quota unless said.",
        id: "Total yang boleh disimpannya, misalnya 10GB; bawaan kuota Anda sendiri.",
      },
    }),
    reads: textFlag({
      options: ["own", "deployments", "account"],
      text: {
        en: "What private data it can open: its own (unless said), also settings of deployments, or all of the account.",
        id: "Data privat yang dapat dibukanya: miliknya sendiri (bawaan), juga setelan deployment, atau seluruh akun.",
      },
    }),
    out: pathFlag({ char: "o", text: { en: "File to write, new, 0600.", id: "Berkas yang ditulis, baru, 0600." } }),
    print: switchFlag({
      text: {
        en: "Print it to stdout instead, for a pipe into a CI secret.",
        id: "Cetak ke keluaran standar, untuk disalurkan ke rahasia CI.",
      },
    }),
    "passphrase-file": passphraseFileFlag,
  };

  async run(): Promise<CommandResult<Granted>> {
    const { flags } = await this.parse(SessionGrantCommand);
    const name = parseSiteName("--name", flags.name);
    const file = await this.#findPlace(flags.out, flags.print === true);
    const lifetimeMs = flags.expires ?? LIFETIME_MS;
    if (lifetimeMs < 60_000 || lifetimeMs > LIFETIME_MAX_MS) refuse("--expires", `${lifetimeMs} ms`, "1m .. 366d");
    const scopes = parseScopes(flags.scope);
    const reads = parseReach(flags.reads);
    const passphraseFile = flags["passphrase-file"];
    const { client, ingressUrls } = await openNetwork(this.context, { passphraseFile });
    const granted = await this.ui.progress.run(this.ui.say(texts.granting), () =>
      client.sessions.grant({
        name,
        scopes: [...scopes],
        quotaBytes: flags.quota,
        lifetimeMs,
        reach: reads,
        // A way on which others could read along is not recommended to anybody.
        ingresses: ingressUrls.filter((url) => !isExposedWay(url)),
        signal: this.signal,
      }),
    );
    const { session, network, quotaBytes, expiresMs, credential } = granted;
    if (file !== null) await this.#write(file, credential);
    const facts = { name, session, network, scopes: [...scopes], reads, quotaBytes, expiresMs, file };
    if (file === null) {
      this.ui.remark(this.ui.say(texts.printed, this.#facts(facts)));
      this.ui.remark(this.ui.say(texts[reads]));
    }
    const audit = [{ step: "grant session", session, network }, ...(file === null ? [] : [{ step: "write", file }])];
    return { summary: { ...facts, credential: file === null ? credential : null }, details: {}, audit };
  }

  protected override view(granted: Granted, say: Say): readonly Block[] {
    const { reads, credential } = granted;
    const file = granted.file ?? "";
    if (credential !== null) return [credential, { essential: credential }];
    const done = say(texts.done, { ...this.#facts(granted), file });
    return [done, say(texts[reads]), say(texts.put, { file }), { essential: file }, nextStep(["session", "list"])];
  }

  #facts({ name, scopes, expiresMs }: Pick<Granted, "name" | "scopes" | "expiresMs">) {
    return { name, scopes: scopes.join(", "), time: formatTime(expiresMs) };
  }

  /** Looked at before anything is granted: a key that cannot be written would be lost. */
  async #findPlace(out: string | undefined, isPrinted: boolean): Promise<string | null> {
    if ((out === undefined) !== isPrinted) {
      throw fail(commandErrors.argumentMissing, { command: "session grant", argument: "--out <path> | --print" });
    }
    if (out === undefined) return null;
    const file = resolve(this.ui.terminal.folder, out);
    if ((await systemDisk().findSize(file)) !== undefined) throw fail(commandErrors.fileExists, { path: file });
    return file;
  }

  async #write(file: string, credential: string): Promise<void> {
    const { files } = openAccountAccess(this.context);
    if (!(await files.create(file, toUtf8(`${credential}\n`)))) throw fail(commandErrors.fileExists, { path: file });
  }
}

function parseScopes(given: string | undefined): readonly Scope[] {
  if (given === undefined) return SCOPES_DEFAULT;
  const words = given.split(",").map((word) => word.trim());
  const scopes = SCOPES.filter((scope) => words.includes(scope));
  const isKnown = words.every((word) => SCOPES.some((scope) => scope === word));
  return isKnown ? scopes : refuse("--scope", given, "upload,deploy,delete");
}

function parseReach(given: string | undefined): Granted["reads"] {
  return given === "account" || given === "deployments" ? given : "own";
}

function refuse(name: string, value: string, expected: string): never {
  throw fail(commandErrors.valueInvalid, { name, value: `'${value.slice(0, 80)}'`, expected });
}
