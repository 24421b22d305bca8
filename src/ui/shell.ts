/** What the lines of a shell can use, by name. */
export type ShellNames = { readonly [name: string]: unknown };

/**
 * Reads lines of JavaScript from the terminal, runs each and prints its value, with editing, completion and `await`,
 * until the user leaves (Ctrl-D, `.exit`) or the signal aborts. What is typed is kept nowhere.
 */
export async function runShell(options: {
  readonly prompt: string;
  readonly names: ShellNames;
  readonly signal: AbortSignal;
  readonly hasColours: boolean;
}): Promise<void> {
  const { start } = await import("node:repl");
  const { prompt, names, signal, hasColours } = options;
  const shell = start({ prompt, useColors: hasColours, ignoreUndefined: true });
  Object.assign(shell.context, names);
  await new Promise<void>((resolve) => {
    shell.once("exit", resolve);
    signal.addEventListener("abort", () => shell.close(), { once: true });
    if (signal.aborted) shell.close();
  });
}

/**
 * The value a script returns: the text is the body of an async function that is called with the names.
 * @throws whatever the script throws, SyntaxError when it is none
 */
export async function runScript(text: string, names: ShellNames): Promise<unknown> {
  const { compileFunction, constants } = await import("node:vm");
  const body = `return (async () => {\n${text}\n})();`;
  const script = compileFunction(body, Object.keys(names), {
    filename: "stdin",
    lineOffset: -1,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  const value: unknown = await script(...Object.values(names));
  return value;
}
