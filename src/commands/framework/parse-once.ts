/** Commands whose few answers have one shape each; those that read objects parse the same shapes thousands of times. */
const ONCE: readonly string[] = ["deploy", "exec", "logs", "open", "status", "versions"];

/**
 * Lets a command that parses each shape once or twice do so as it stands: zod otherwise writes and compiles a function
 * for every schema at its first use, a tenth of what a whole `dsdn deploy` computes. It is asked before the module of
 * the command makes its schemas, and has no effect on the others.
 *
 * @source zod 4, `z.config({ jitless: true })`, which reads and writes this property; the version is pinned.
 */
export function parseOnce(commandId: string): void {
  if (ONCE.includes(commandId)) Object.assign(globalThis, { __zod_globalConfig: { jitless: true } });
}
