import { resolve } from "node:path";
import { systemFileTree } from "../../../base/index.ts";
import type { Decision } from "../../../intent/index.ts";
import { type Block, formatBytes, formatDuration, type Say } from "../../../ui/index.ts";
import type { CommandContext } from "../base-command.ts";
import type { BuildWish } from "./build-flags.ts";
import { chooseCandidate } from "./build-project.ts";
import { choiceOf, chooseName, readSaidIntent } from "./project-intent.ts";

/** What would be deployed, and which rule decided each part of it. */
export interface Explanation {
  readonly name: string;
  readonly decisions: readonly Decision[];
}

const texts = {
  nothing: {
    en: "Nothing was built or sent. {name} would be deployed like this:",
    id: "Tidak ada yang dibangun atau dikirim. {name} akan di-deploy seperti ini:",
  },
  what: { en: "What", id: "Apa" },
  value: { en: "Value", id: "Nilai" },
  because: { en: "Because", id: "Karena" },
  rule: { en: "Rule", id: "Aturan" },
  yes: { en: "yes", id: "ya" },
  no: { en: "no", id: "tidak" },
} as const;

/** Detects a project and lists every decision about it. Runs nothing, sends nothing, needs no network. */
export async function explainProject(context: CommandContext, wish: BuildWish): Promise<Explanation> {
  const { ui, clock } = context;
  const path = resolve(ui.terminal.folder, wish.path);
  const said = await readSaidIntent(path, wish);
  const { detectProject } = await import("../../../packager/index.ts");
  const { compileProject, compileSchedule, decision, pickSaid } = await import("../../../intent/index.ts");
  const { flags, file } = said;
  const choose = ui.prompts.canAsk ? chooseCandidate(context, path) : undefined;
  const detected = await detectProject(path, { tree: systemFileTree(), choose }, choiceOf(said));
  const { spec, decisions } = compileProject({ ...said, detected });
  const found = (field: "name" | "entry" | "site", value: string | null, rule: "folder-name" | "detected") => {
    const named = pickSaid(field, flags[field], file[field]);
    const source = named?.source ?? detected.because.join(", ");
    return decision(field, value, named?.rule ?? rule, source);
  };
  const wished = pickSaid("schedule", flags.schedule, file.schedule);
  const schedule = wished && compileSchedule({ value: wished.value, place: wished.source }, clock.nowMs());
  const name = chooseName(path, said);
  return {
    name,
    decisions: [
      found("name", name, "folder-name"),
      ...decisions,
      found("entry", detected.entry ?? null, "detected"),
      found("site", detected.site === undefined ? null : detected.site || ".", "detected"),
      ...(spec.mode !== "batch"
        ? []
        : schedule === undefined
          ? [decision("schedule", null, "no-schedule")]
          : [decision("schedule", [schedule.cron, schedule.timeZone], wished?.rule ?? "flag", wished?.source)]),
    ],
  };
}

/** What `deploy --explain` says; with -v also the name of each rule. */
export function drawExplanation({ name, decisions }: Explanation, context: CommandContext, say: Say): readonly Block[] {
  const { language, level } = context.ui;
  // The rule's name is for those who look it up; without it the table fits a narrow terminal.
  const withRule = (row: string[], rule: string) => (level > 0 ? [...row, rule] : row);
  return [
    say(texts.nothing, { name }),
    "",
    {
      head: withRule([say(texts.what), say(texts.value), say(texts.because)], say(texts.rule)),
      rows: decisions.map(({ what, value, because, rule }) =>
        withRule([what, show(what, value, say), because[language]], rule),
      ),
    },
  ];
}

function show(what: string, value: Decision["value"], say: Say): string {
  if (typeof value === "number" && what.endsWith("Bytes")) return formatBytes(value);
  if (typeof value === "number" && what.endsWith("Ms")) return formatDuration(value);
  if (typeof value === "boolean") return say(value ? texts.yes : texts.no);
  if (typeof value === "object" && value !== null) return value.join(" ") || "-";
  return value === null ? "-" : String(value);
}
