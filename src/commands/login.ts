import { fail } from "../base/index.ts";
import type { SignInAttempt } from "../client/index.ts";
import { openSignIns } from "../profile/index.ts";
import { type Block, type CommandResult, formatTime, type Say } from "../ui/index.ts";
import { isExposedWay } from "./framework/config/index.ts";
import { networkErrors } from "./framework/destination/network-errors.ts";
import { BaseCommand, type CommandTexts, nextStep, openInBrowser, openNetwork, switchFlag } from "./framework/index.ts";
import type { Summary } from "./framework/schemas/index.ts";

type SignedIn = Summary<"login">;

const texts = {
  asking: { en: "Asking {url}", id: "Menanyai {url}" },
  open: { en: "Open this page in any browser: {page}", id: "Buka halaman ini di peramban mana pun: {page}" },
  code: { en: "and enter the code: {code}", id: "lalu masukkan kode: {code}" },
  waiting: { en: "Waiting for you to allow it there", id: "Menunggu Anda mengizinkannya di sana" },
  done: {
    en: "You are signed in to {network} as {user}, until {time}.",
    id: "Anda masuk ke {network} sebagai {user}, sampai {time}.",
  },
  renewed: {
    en: "It is renewed by itself as long as {issuer} allows.",
    id: "Diperbarui sendiri selama {issuer} mengizinkan.",
  },
} as const;

/** Signs in at the ingress of a network that asks for it. */
export default class LoginCommand extends BaseCommand<SignedIn> {
  static override readonly texts: CommandTexts = {
    summary: { en: "Sign in to a network that asks for it.", id: "Masuk ke jaringan yang memintanya." },
    description: {
      en: "Shows a page and a code; whoever enters the code there signs this machine in. That lets you write through this ingress for a short time. Who you are on the network stays your account key.",
      id: "Menampilkan halaman dan kode; siapa pun yang memasukkan kode itu di sana mengizinkan mesin ini masuk. Dengan itu Anda boleh menulis lewat ingress ini untuk waktu singkat. Siapa Anda di jaringan tetap ditentukan kunci akun Anda.",
    },
    examples: [
      { command: "login", text: { en: "The network in use here.", id: "Jaringan yang dipakai di sini." } },
      {
        command: "login --network prod --open",
        text: { en: "Another one, with the page opened for you.", id: "Yang lain, dengan halaman dibukakan." },
      },
    ],
  };
  static override readonly flags = {
    open: switchFlag({ text: { en: "Open the page in the browser.", id: "Buka halamannya di peramban." } }),
  };

  async run(): Promise<CommandResult<SignedIn>> {
    const { flags } = await this.parse(LoginCommand);
    const { client, name: network, ingressUrl } = await openNetwork(this.context);
    if (isExposedWay(ingressUrl)) throw fail(networkErrors.networkInsecure, { url: ingressUrl });
    const ingress = new URL(ingressUrl).origin;
    const { signIn } = await client.network(this.signal);
    const { beginSignIn, signInErrors } = await import("../client/index.ts");
    if (!signIn) throw fail(signInErrors.signInNotOffered, { url: ingress });
    const place = { ingress, issuer: signIn.issuer, clientId: signIn.clientId };
    const asking = this.ui.say(texts.asking, { url: signIn.issuer });
    const attempt = await this.ui.progress.run(asking, () => beginSignIn(place));
    this.#show(attempt);
    if (flags.open === true) await openInBrowser(attempt.completeUrl ?? attempt.verificationUrl, this.ui.terminal.env);
    const signedIn = await this.ui.progress.run(this.ui.say(texts.waiting), () => attempt.wait(this.signal));
    await (await openSignIns(this.ui.terminal, this.context)).save(signedIn);
    const { issuer, user, expiresMs, refreshToken } = signedIn;
    const summary = { network, ingress, issuer, user, expiresMs, isRenewed: refreshToken !== null };
    return { summary, details: {}, audit: [{ step: "sign in", ingress, issuer }] };
  }

  protected override view({ network, issuer, user, expiresMs, isRenewed }: SignedIn, say: Say): readonly Block[] {
    const done = say(texts.done, { network, user, time: formatTime(expiresMs) });
    return [
      done,
      ...(isRenewed ? [say(texts.renewed, { issuer })] : []),
      { essential: user },
      nextStep(["network", "test"]),
    ];
  }

  /** On stderr: nobody could go on without it, whatever stdout is for. */
  #show({ verificationUrl, userCode, completeUrl, lifetimeMs }: SignInAttempt): void {
    const { ui, globals } = this.context;
    const lines = globals.isJson
      ? [JSON.stringify({ verificationUrl, userCode, completeUrl, lifetimeMs })]
      : [ui.say(texts.open, { page: verificationUrl }), ui.say(texts.code, { code: userCode })];
    ui.terminal.writeError(`${lines.join("\n")}\n`);
  }
}
