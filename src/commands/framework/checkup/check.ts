import type { Text } from "../../../ui/index.ts";
import type { CommandContext } from "../base-command.ts";

/** `good`; `remark`: works, but know it; `bad`: something the user wants will fail. */
export type CheckStatus = "good" | "remark" | "bad";

/** What one check found, in the user's language. */
export interface Finding {
  readonly status: CheckStatus;
  readonly text: string;
  /** What the user can do; absent when nothing is to be done or `repair` does it. */
  readonly hint?: string;
  /** Mends it; run only under `--fix`. */
  readonly repair?: () => Promise<void>;
}

/** One thing that can be wrong with a machine or its network. */
export interface Check {
  /** Stable name under `--json`. */
  readonly id: string;
  readonly title: Text;
  /** Changes nothing. What it finds wrong is a finding; it throws when it is interrupted. */
  run(context: CommandContext): Promise<Finding>;
}

/** What `doctor` reports of one check. */
export interface CheckReport {
  readonly id: string;
  readonly status: CheckStatus;
  readonly isRepaired: boolean;
  readonly title: string;
  readonly text: string;
  readonly hint: string | null;
}

/** Runs the checks one after another; with `fix` mends what can be mended and looks again. */
export async function runChecks(
  checks: readonly Check[],
  context: CommandContext,
  options: { readonly fix: boolean },
): Promise<readonly CheckReport[]> {
  const { say } = context.ui;
  const reports: CheckReport[] = [];
  for (const check of checks) {
    context.signal.throwIfAborted();
    let finding = await check.run(context);
    const isRepaired = options.fix && finding.repair !== undefined;
    if (isRepaired) {
      await finding.repair?.();
      finding = await check.run(context);
    }
    const { status, text, hint, repair } = finding;
    reports.push({
      id: check.id,
      status,
      isRepaired: isRepaired && status !== "bad",
      title: say(check.title),
      text,
      hint: hint ?? (repair === undefined ? null : say(MENDABLE)),
    });
  }
  return reports;
}

const MENDABLE = { en: "`dsdn doctor --fix` mends it.", id: "`dsdn doctor --fix` memperbaikinya." } as const;
