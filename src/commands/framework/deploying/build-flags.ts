import type { ScheduleWish } from "../../../intent/index.ts";
import { nameFlag, pathFlag, switchFlag, textFlag } from "../flags.ts";

/** What the user says about a project that is to be packed. */
export interface BuildWish {
  /** As the user typed it. */
  readonly path: string;
  readonly name?: string | undefined;
  readonly type?: "web_app" | "batch" | "static" | "ai" | undefined;
  readonly entry?: string | undefined;
  readonly site?: string | undefined;
  readonly priority?: "low" | "normal" | "high" | undefined;
  readonly visibility?: "private" | "public" | undefined;
  /** When a batch runs; at once, and once, unless said. */
  readonly schedule?: ScheduleWish | undefined;
  /** What the program is started with; what the project's file says unless said. */
  readonly args?: readonly string[] | undefined;
  /** Run the project's build always or never; unsaid, when its output is missing or older than the sources. */
  readonly build?: "always" | "never" | undefined;
  /** `--yes`: the project's build may run, and its program read what it names, without a question. */
  readonly isApproved?: boolean;
}

/** The flags of every command that packs a project. */
export const buildFlags = {
  name: nameFlag({
    text: { en: "Name; that of the folder unless said.", id: "Nama; nama folder bila tak disebut." },
  }),
  type: textFlag({
    options: ["web_app", "batch", "static", "ai"],
    text: { en: "What the project is; found out unless said.", id: "Jenis proyek; dideteksi bila tak disebut." },
  }),
  entry: pathFlag({
    text: { en: "Program or model, below the project folder.", id: "Program atau model, di dalam folder proyek." },
  }),
  site: pathFlag({
    text: { en: "Folder whose files are served.", id: "Folder yang berkasnya disajikan." },
  }),
  build: switchFlag({
    allowNo: true,
    text: {
      en: "Run the project's own build; --no-build takes its output as it is.",
      id: "Jalankan build milik proyek; --no-build memakai hasil yang ada.",
    },
  }),
  yes: switchFlag({
    char: "y",
    text: {
      en: "Agree without being asked: to the project's own build, and to private files its program wants to read.",
      id: "Setujui tanpa ditanya: build milik proyek, dan berkas privat yang ingin dibaca programnya.",
    },
  }),
  arg: textFlag({
    multiple: true,
    text: {
      en: "Argument the program is started with, in order; --arg=-x for one that begins with a hyphen.",
      id: "Argumen untuk program, berurutan; --arg=-x bila diawali tanda hubung.",
    },
  }),
  priority: textFlag({
    options: ["low", "normal", "high"],
    text: { en: "How much it may use, and where.", id: "Seberapa besar jatahnya, dan di mana." },
  }),
  visibility: textFlag({
    options: ["private", "public"],
    text: {
      en: "Encrypted and reached by nobody from outside, or readable and open to all.",
      id: "Terenkripsi dan tak terjangkau dari luar, atau terbaca dan terbuka untuk semua.",
    },
  }),
};

/** The flags of commands that can have a batch run by a schedule. */
export const scheduleFlags = {
  schedule: textFlag({
    text: {
      en: "When a script runs: 'minute hour day month weekday', or @hourly, @daily, @weekly, @monthly, @yearly.",
      id: "Kapan skrip berjalan: 'menit jam tanggal bulan hari', atau @hourly, @daily, @weekly, @monthly, @yearly.",
    },
  }),
  "time-zone": textFlag({
    dependsOn: ["schedule"],
    text: { en: "Time zone of the schedule; UTC unless said.", id: "Zona waktu jadwal; UTC bila tak disebut." },
  }),
  overlap: textFlag({
    options: ["skip", "queue", "replace"],
    dependsOn: ["schedule"],
    text: {
      en: "What a run does that is due while one goes on; skip unless said.",
      id: "Nasib run yang tiba saat run lain berjalan; skip bila tak disebut.",
    },
  }),
  missed: textFlag({
    options: ["run-once", "skip"],
    dependsOn: ["schedule"],
    text: {
      en: "What happens after times were missed; run-once unless said.",
      id: "Yang terjadi setelah ada waktu terlewat; run-once bila tak disebut.",
    },
  }),
};

interface ParsedBuildFlags {
  readonly schedule?: string | undefined;
  readonly "time-zone"?: string | undefined;
  readonly overlap?: string | undefined;
  readonly missed?: string | undefined;
  readonly name?: string | undefined;
  readonly type?: string | undefined;
  readonly entry?: string | undefined;
  readonly site?: string | undefined;
  readonly arg?: readonly string[] | undefined;
  readonly build?: boolean | undefined;
  readonly yes?: boolean | undefined;
  readonly priority?: string | undefined;
  readonly visibility?: string | undefined;
}

/** The flags as a wish. */
export function toBuildWish(path: string, flags: ParsedBuildFlags): BuildWish {
  const { name, entry, site, arg: args, build } = flags;
  const type = (["web_app", "batch", "static", "ai"] as const).find((word) => word === flags.type);
  const priority = (["low", "normal", "high"] as const).find((word) => word === flags.priority);
  const visibility = (["private", "public"] as const).find((word) => word === flags.visibility);
  const when = build === undefined ? undefined : build ? "always" : "never";
  return {
    path,
    name,
    type,
    entry,
    site,
    args,
    priority,
    visibility,
    schedule: toSchedule(flags),
    build: when,
    isApproved: flags.yes === true,
  };
}

function toSchedule(flags: ParsedBuildFlags): ScheduleWish | undefined {
  if (flags.schedule === undefined) return undefined;
  const overlap = (["skip", "queue", "replace"] as const).find((word) => word === flags.overlap);
  const missed = (["run-once", "skip"] as const).find((word) => word === flags.missed);
  return { cron: flags.schedule, timeZone: flags["time-zone"], overlap, missed };
}
