import { DsdnError } from "../base/index.ts";
import { openSignIns } from "../profile/index.ts";
import type { Block, CommandResult, Say } from "../ui/index.ts";
import { BaseCommand, type CommandTexts, nextStep, openNetwork } from "./framework/index.ts";
import type { Summary } from "./framework/schemas/index.ts";

type SignedOut = Summary<"logout">;

const texts = {
  done: { en: "You are signed out of {network}.", id: "Anda sudah keluar dari {network}." },
  none: { en: "You were not signed in to {network}.", id: "Anda memang tidak sedang masuk ke {network}." },
  kept: {
    en: "The provider was not told ({code}); what it gave ends by itself.",
    id: "Penyedia belum diberi tahu ({code}); yang diberikannya berakhir sendiri.",
  },
  notTaken: {
    en: "The provider takes nothing back; what it gave ends by itself.",
    id: "Penyedia tidak menerima pengembalian; yang diberikannya berakhir sendiri.",
  },
} as const;

/** Forgets a sign-in and tells the provider. */
export default class LogoutCommand extends BaseCommand<SignedOut> {
  static override readonly texts: CommandTexts = {
    summary: { en: "Sign out of a network.", id: "Keluar dari jaringan." },
    description: {
      en: "Takes the tokens off this machine, and back at the provider where it offers that. Your account key and what you stored stay.",
      id: "Menghapus token dari mesin ini, dan menariknya di penyedia bila penyedia menyediakannya. Kunci akun dan yang Anda simpan tetap ada.",
    },
    examples: [
      { command: "logout", text: { en: "Of the network in use here.", id: "Dari jaringan yang dipakai di sini." } },
    ],
  };

  async run(): Promise<CommandResult<SignedOut>> {
    await this.parse(LogoutCommand);
    const { name: network, ingressUrl } = await openNetwork(this.context);
    const ingress = new URL(ingressUrl).origin;
    const store = await openSignIns(this.ui.terminal, this.context);
    // Off this machine first: whatever the provider answers, it is not used any more.
    const known = await store.remove(ingress);
    if (known === undefined) {
      return {
        summary: { network, ingress, wasSignedIn: false, isRevoked: false, fault: null },
        details: {},
        audit: [],
      };
    }
    const { endSignIn } = await import("../client/index.ts");
    let [isRevoked, fault]: [boolean, string | null] = [false, null];
    try {
      isRevoked = await endSignIn(known);
    } catch (error) {
      if (!(error instanceof DsdnError)) throw error;
      fault = error.code;
    }
    const audit = [{ step: "forget sign-in", ingress }, ...(isRevoked ? [{ step: "revoke tokens" }] : [])];
    return { summary: { network, ingress, wasSignedIn: true, isRevoked, fault }, details: {}, audit };
  }

  protected override view({ network, wasSignedIn, isRevoked, fault }: SignedOut, say: Say): readonly Block[] {
    if (!wasSignedIn) return [say(texts.none, { network }), { essential: network }];
    const kept = fault === null ? (isRevoked ? [] : [say(texts.notTaken)]) : [say(texts.kept, { code: fault })];
    return [say(texts.done, { network }), ...kept, { essential: network }, nextStep(["login"])];
  }
}
