import { createHash } from "node:crypto";
import { join } from "node:path";
import { acquireFileLock, type Clock, type Disk, fromUtf8, type Random, toUtf8 } from "../../base/index.ts";
import { systemPrivateFiles } from "../../keys/index.ts";
import { z } from "../../protocol/index.ts";
import type { SignIn } from "./sign-in.ts";

/** What is kept of signing in: a private file (0600) an ingress. */
export interface SignInStore {
  /** @throws DSDN_KEYS_FILE_EXPOSED */
  find(ingress: string): Promise<SignIn | undefined>;
  /** Keeps it in place of another, also of one that is being renewed just now. */
  save(signIn: SignIn): Promise<void>;
  /** Forgets it, also when it is being renewed just now. @returns what was kept; undefined when nothing was */
  remove(ingress: string): Promise<SignIn | undefined>;
  /**
   * A token for the ingress that lasts a little longer, renewed when it has to be; undefined when there is none any
   * more, and when the provider cannot be reached: the ingress says what is missing.
   * @throws DSDN_KEYS_FILE_EXPOSED
   */
  findToken(ingress: string): Promise<string | undefined>;
}

const token = z.string().min(1).max(16_384);
const record = z.strictObject({
  version: z.literal(1),
  ingress: z.string().max(2048),
  issuer: z.string().max(2048),
  clientId: z.string().max(255),
  user: z.string().max(200),
  idToken: token,
  accessToken: token.nullable(),
  refreshToken: token.nullable(),
  expiresMs: z.int(),
});
/** A token is renewed when it ends sooner than this. */
const MARGIN_MS = 60_000;

/** @param options.folder - absolute, in the user's own home. */
export function createSignInStore(
  { folder }: { readonly folder: string },
  deps: { readonly disk: Disk; readonly clock: Clock; readonly random: Random },
): SignInStore {
  const files = systemPrivateFiles(deps.disk);
  const pathOf = (ingress: string) =>
    join(folder, `${createHash("sha256").update(ingress).digest("hex").slice(0, 32)}.json`);
  const find = async (ingress: string): Promise<SignIn | undefined> => {
    const bytes = await files.find(pathOf(ingress));
    const found = bytes === undefined ? undefined : parseRecord(bytes);
    return found?.ingress === ingress ? found : undefined;
  };
  const write = (signIn: SignIn) =>
    files.replace(pathOf(signIn.ingress), toUtf8(`${JSON.stringify({ version: 1, ...signIn })}\n`));
  /** One at a time: whoever renews must not bring back what was forgotten or replaced meanwhile. */
  const locked = async <T>(ingress: string, work: () => Promise<T>): Promise<T> => {
    await deps.disk.makeFolder(folder);
    const lock = await acquireFileLock({ path: `${pathOf(ingress)}.lock` }, deps);
    try {
      return await work();
    } finally {
      await lock.release();
    }
  };
  /** A provider that changes refresh tokens takes two uses of one for theft. */
  const renew = async (ingress: string): Promise<SignIn | undefined> => {
    const known = await find(ingress);
    if (known === undefined || isFresh(known)) return known;
    const { renewSignIn } = await import("./sign-in.ts");
    const renewed = await renewSignIn(known);
    if (renewed !== undefined) await write(renewed);
    return renewed;
  };
  const isFresh = ({ expiresMs }: SignIn) => expiresMs > deps.clock.nowMs() + MARGIN_MS;
  return {
    find,
    save: (signIn) => locked(signIn.ingress, () => write(signIn)),
    async remove(ingress) {
      // Nobody waits for a lock in order to forget nothing.
      if ((await find(ingress)) === undefined) return undefined;
      return locked(ingress, async () => {
        const known = await find(ingress);
        await files.remove(pathOf(ingress));
        return known;
      });
    },
    async findToken(ingress) {
      const known = await find(ingress);
      if (known === undefined || isFresh(known)) return known?.idToken;
      const renewed =
        known.refreshToken === null ? undefined : await locked(ingress, () => renew(ingress)).catch(() => undefined);
      const usable = renewed ?? known;
      return usable.expiresMs > deps.clock.nowMs() ? usable.idToken : undefined;
    },
  };
}

function parseRecord(bytes: Uint8Array): SignIn | undefined {
  try {
    const { version: _, ...signIn } = record.parse(JSON.parse(fromUtf8(bytes)));
    return signIn;
  } catch {
    return undefined;
  }
}
