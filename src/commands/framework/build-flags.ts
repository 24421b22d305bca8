import type { ScheduleWish } from "../../intent/index.ts";
import { nameFlag, pathFlag, switchFlag, textFlag } from "./flags.ts";

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
  /** Run the project's build always or never; unsaid, when its output is missing or older than the sources. */
  readonly build?: "always" | "never" | undefined;
  /** `--yes`: the project's build may run without a question. */
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
      en: "Let the project's own build run without asking.",
      id: "Izinkan build milik proyek berjalan tanpa bertanya.",
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

interface ParsedBuildFlags {
  readonly name?: string | undefined;
  readonly type?: string | undefined;
  readonly entry?: string | undefined;
  readonly site?: string | undefined;
  readonly build?: boolean | undefined;
  readonly yes?: boolean | undefined;
  readonly priority?: string | undefined;
  readonly visibility?: string | undefined;
}

/** The flags as a wish. */
export function toBuildWish(path: string, flags: ParsedBuildFlags): BuildWish {
  const { name, entry, site, build } = flags;
  const type = (["web_app", "batch", "static", "ai"] as const).find((word) => word === flags.type);
  const priority = (["low", "normal", "high"] as const).find((word) => word === flags.priority);
  const visibility = (["private", "public"] as const).find((word) => word === flags.visibility);
  const when = build === undefined ? undefined : build ? "always" : "never";
  return { path, name, type, entry, site, priority, visibility, build: when, isApproved: flags.yes === true };
}
