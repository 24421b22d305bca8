import { DsdnError, renderError } from "../../../base/index.ts";
import { findSessionCredential } from "../../../profile/index.ts";
import { formatTime } from "../../../ui/index.ts";
import type { CommandContext } from "../base-command.ts";
import type { Finding } from "./check.ts";

/** A session that ends sooner should be granted anew by now. */
const RENEW_MS = 3 * 24 * 3_600_000;

const texts = {
  session: { en: "the session {name} acts here, until {day}", id: "sesi {name} bertindak di sini, sampai {day}" },
  ended: { en: "the session {name} ended {day}", id: "sesi {name} berakhir {day}" },
  grant: {
    en: "Its owner grants a new one: `dsdn session grant --name {name}`.",
    id: "Pemiliknya memberi yang baru: `dsdn session grant --name {name}`.",
  },
} as const;

/** What is to be said of the session this machine acts with in place of an account; undefined when there is none. */
export async function findSessionFinding(context: CommandContext): Promise<Finding | undefined> {
  const { say, language } = context.ui;
  try {
    const credential = await findSessionCredential(context.ui.terminal);
    if (credential === undefined) return undefined;
    const { name, grant } = credential;
    const leftMs = grant.expiresMs - context.clock.nowMs();
    const facts = { name, day: formatTime(grant.expiresMs) };
    const hint = say(texts.grant, { name });
    if (leftMs <= 0) return { status: "bad", text: say(texts.ended, facts), hint };
    const text = say(texts.session, facts);
    return leftMs < RENEW_MS ? { status: "remark", text, hint } : { status: "good", text };
  } catch (error) {
    if (!(error instanceof DsdnError)) throw error;
    const { message, hint } = renderError(error, language);
    return { status: "bad", text: message, hint };
  }
}
