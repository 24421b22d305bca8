import { fail } from "../../base/index.ts";
import { envName, limits } from "../../protocol/index.ts";
import { clientErrors } from "../errors.ts";

/** A value a program finds in its environment. */
export interface EnvEntry {
  readonly name: string;
  readonly value: string;
}

/** What becomes of environment values: a new value by name, null takes the name away. */
export type EnvChanges = ReadonlyMap<string, string | null>;

/**
 * The values after the changes, sorted by name.
 *
 * @throws DSDN_CLIENT_ENV_REFUSED, which never quotes a value
 */
export function changeEnv(entries: readonly EnvEntry[], changes: EnvChanges): readonly EnvEntry[] {
  const byName = new Map(entries.map(({ name, value }) => [name, value]));
  for (const [name, value] of changes) {
    checkEnvName(name);
    if (value === null) byName.delete(name);
    else byName.set(name, checkEnvValue(name, value));
  }
  if (byName.size > limits.envVariables) {
    throw fail(clientErrors.envRefused, { name: "*", reason: `a deployment has at most ${limits.envVariables}` });
  }
  return [...byName].map(([name, value]) => ({ name, value })).sort((left, right) => (left.name < right.name ? -1 : 1));
}

/** Both lists as one, sorted by name; the second one's value stands where both have the name. */
export function mergeEnv(first: readonly EnvEntry[], second: readonly EnvEntry[]): readonly EnvEntry[] {
  return changeEnv(first, new Map(second.map(({ name, value }) => [name, value])));
}

/** @throws DSDN_CLIENT_ENV_REFUSED */
export function checkEnvName(name: string): void {
  if (envName.safeParse(name).success) return;
  const reason = `letters, digits and _, not a digit first, at most ${limits.envNameBytes} bytes`;
  throw fail(clientErrors.envRefused, { name: name.slice(0, 80), reason });
}

function checkEnvValue(name: string, value: string): string {
  const bytes = Buffer.byteLength(value);
  const reason =
    bytes > limits.envValueBytes
      ? `a value has at most ${limits.envValueBytes} bytes, this one has ${bytes}`
      : value.includes("\0")
        ? "a value holds no zero byte"
        : value.isWellFormed()
          ? undefined
          : "a value is Unicode text";
  if (reason !== undefined) throw fail(clientErrors.envRefused, { name, reason });
  return value;
}
