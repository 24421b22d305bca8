import { createHash } from "node:crypto";
import { join } from "node:path";
import { acquireFileLock, type Clock, type Disk, fromUtf8, type Random, toUtf8 } from "../base/index.ts";
import { systemPrivateFiles } from "../keys/index.ts";
import { z } from "../protocol/index.ts";
import type { SignIn } from "./sign-in.ts";

/** What is kept of signing in: a private file (0600) an ingress. */
export interface SignInStore {
  /** @throws DSDN_KEYS_FILE_EXPOSED */
  find(ingress: string): Promise<SignIn | undefined>;
  save(signIn: SignIn): Promise<void>;
  remove(ingress: string): Promise<void>;
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
  const save = async (signIn: SignIn) => {
    await deps.disk.makeFolder(folder);
    await files.replace(pathOf(signIn.ingress), toUtf8(`${JSON.stringify({ version: 1, ...signIn })}\n`));
  };
  /** Under a lock: a provider that changes refresh tokens takes two uses of one for theft. */
  const renew = async (ingress: string): Promise<SignIn | undefined> => {
    const lock = await acquireFileLock({ path: `${pathOf(ingress)}.lock` }, deps);
    try {
      const known = await find(ingress);
      if (known === undefined || isFresh(known)) return known;
      const { renewSignIn } = await import("./sign-in.ts");
      const renewed = await renewSignIn(known);
      if (renewed !== undefined) await save(renewed);
      return renewed;
    } finally {
      await lock.release();
    }
  };
  const isFresh = ({ expiresMs }: SignIn) => expiresMs > deps.clock.nowMs() + MARGIN_MS;
  return {
    find,
    save,
    remove: (ingress) => files.remove(pathOf(ingress)),
    async findToken(ingress) {
      const known = await find(ingress);
      if (known === undefined || isFresh(known)) return known?.idToken;
      const renewed = known.refreshToken === null ? undefined : await renew(ingress).catch(() => undefined);
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
