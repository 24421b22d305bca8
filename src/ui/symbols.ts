/** The few signs that are drawn; everything else the program says is ASCII. */
export interface Symbols {
  readonly done: string;
  readonly failed: string;
  readonly stopped: string;
  readonly barFull: string;
  readonly barEmpty: string;
  readonly spinner: { readonly frames: readonly string[]; readonly intervalMs: number };
}

const UNICODE: Symbols = {
  done: "✔",
  failed: "✖",
  stopped: "■",
  barFull: "█",
  barEmpty: "░",
  spinner: { frames: ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"], intervalMs: 80 },
};

const ASCII: Symbols = {
  done: "+",
  failed: "x",
  stopped: "-",
  barFull: "#",
  barEmpty: ".",
  spinner: { frames: ["-", "\\", "|", "/"], intervalMs: 130 },
};

/** Signs the terminal has. @param hasUnicode - see `canShowUnicode` */
export function symbolsOf(hasUnicode: boolean): Symbols {
  return hasUnicode ? UNICODE : ASCII;
}

/**
 * False for the Linux console and for Windows consoles that are not known to have the signs.
 *
 * @source is-unicode-supported 2.1 by Sindre Sorhus: the same variables, read from the given environment.
 */
export function canShowUnicode(
  env: { readonly [name: string]: string | undefined },
  platform: NodeJS.Platform,
): boolean {
  const { TERM, TERM_PROGRAM, TERMINAL_EMULATOR } = env;
  if (platform !== "win32") return TERM !== "linux";
  return (
    Boolean(env["WT_SESSION"]) ||
    Boolean(env["TERMINUS_SUBLIME"]) ||
    env["ConEmuTask"] === "{cmd::Cmder}" ||
    TERM_PROGRAM === "Terminus-Sublime" ||
    TERM_PROGRAM === "vscode" ||
    /^(xterm-256color|alacritty|rxvt-unicode(-256color)?)$/.test(TERM ?? "") ||
    TERMINAL_EMULATOR === "JetBrains-JediTerm"
  );
}
