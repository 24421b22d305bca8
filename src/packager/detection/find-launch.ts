import { win32 } from "node:path";
import type { FileTree } from "../../base/index.ts";
import type { BuildCommand } from "./detection.ts";

type Argv = BuildCommand["argv"];

/** Where the package managers' own programs lie below a folder that has their `.cmd` file. */
const SCRIPTS: { readonly [program: string]: string } = {
  npm: "node_modules/npm/bin/npm-cli.js",
  pnpm: "node_modules/pnpm/bin/pnpm.cjs",
  yarn: "node_modules/yarn/bin/yarn.js",
};

/**
 * What starts the command without a shell. Elsewhere that is the command itself. On Windows `npm` is a `.cmd` file, which
 * only a shell can run: its program is found beside it and given to Node. Undefined when there is neither.
 */
export async function findLaunch(
  argv: Argv,
  machine: { readonly platform: string; readonly path: string; readonly node: string },
  tree: FileTree,
): Promise<Argv | undefined> {
  if (machine.platform !== "win32") return argv;
  const [program, ...args] = argv;
  const script = Object.hasOwn(SCRIPTS, program) ? SCRIPTS[program] : undefined;
  for (const folder of machine.path.split(";").filter(win32.isAbsolute)) {
    const native = win32.join(folder, `${program}.exe`);
    if ((await tree.find(native))?.kind === "file") return [native, ...args];
    const own = script === undefined ? undefined : win32.join(folder, script);
    if (own !== undefined && (await tree.find(own))?.kind === "file") return [machine.node, own, ...args];
  }
  return undefined;
}
