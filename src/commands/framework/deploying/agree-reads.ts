import { fail } from "../../../base/index.ts";
import type { CommandContext } from "../base-command.ts";
import type { OpenNetwork } from "../destination/network.ts";
import type { BuiltProject } from "./build-project.ts";
import { deploymentErrors } from "./deployment-errors.ts";

const texts = {
  mayRead: {
    en: "{name} wants to read private files of yours: {objects}. Give their keys to its program and to the nodes that run it?",
    id: "{name} ingin membaca berkas privat Anda: {objects}. Berikan kuncinya kepada programnya dan node yang menjalankannya?",
  },
} as const;

interface ReadWish extends Pick<BuiltProject, "name" | "built"> {
  /** `--yes` */
  readonly isApproved: boolean;
}

/**
 * Asks for the private objects a project names, unless the version before may read them: object ids stand on the log,
 * and a project's file may be a stranger's.
 *
 * @throws DSDN_COMMANDS_READS_UNCONFIRMED
 */
export async function agreeToReads(
  { ui, signal }: CommandContext,
  { client }: OpenNetwork,
  { name, built, isApproved }: ReadWish,
): Promise<void> {
  if (isApproved) return;
  const asked = await client.deployments.findNewReads(name, built.spec.grants.objects, signal);
  if (asked.length === 0) return;
  const facts = { name, objects: asked.join(", ") };
  const isAgreed = ui.prompts.canAsk && (await ui.prompts.confirm(ui.say(texts.mayRead, facts)));
  if (!isAgreed) throw fail(deploymentErrors.readsUnconfirmed, facts);
}
