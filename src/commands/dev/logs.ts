import { formatTime } from "../../ui/index.ts";
import {
  BaseCommand,
  type CommandTexts,
  devnetFolderFlag,
  nameArg,
  openDevnet,
  switchFlag,
} from "../framework/index.ts";

/** Prints what the roles of the devnet say. */
export default class DevLogsCommand extends BaseCommand {
  static override readonly texts: CommandTexts = {
    summary: { en: "Print the logs of the devnet's roles.", id: "Cetak log peran-peran devnet." },
    examples: [{ command: "dev logs node-1 -f", text: { en: "Follow one role.", id: "Ikuti satu peran." } }],
  };
  static override readonly args = {
    role: nameArg({ text: { en: "One role; all unless said.", id: "Satu peran; semua bila tak disebut." } }),
  };
  static override readonly flags = {
    follow: switchFlag({ char: "f", text: { en: "Go on as lines come.", id: "Terus tampilkan baris baru." } }),
    data: devnetFolderFlag,
  };

  async run(): Promise<undefined> {
    const { args, flags } = await this.parse(DevLogsCommand);
    const devnet = await openDevnet(this.context, flags.data);
    const decoder = new TextDecoder();
    let rest = "";
    const query = {
      isFollowing: flags.follow,
      signal: this.signal,
      ...(args.role === undefined ? {} : { role: args.role }),
    };
    for await (const part of devnet.logs(query)) {
      const lines = (rest + decoder.decode(part, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) this.#print(line);
    }
    return undefined;
  }

  #print(line: string): void {
    const { timeMs, level, event, role, ...fields } = JSON.parse(line) as Record<string, unknown>;
    const facts = Object.entries(fields).map(([name, value]) => `${name}=${String(value)}`);
    const words = [
      formatTime(Number(timeMs)),
      String(level).padEnd(5),
      String(role).padEnd(12),
      String(event),
      ...facts,
    ];
    this.ui.item({ timeMs, level, event, role, ...fields }, words.join(" "));
  }
}
