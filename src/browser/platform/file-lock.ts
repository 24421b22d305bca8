import type { FileLock } from "../../base/index.ts";

/** Who waits for the lock of a path, in order. */
const turns = new Map<string, Promise<void>>();

/**
 * The lock of a path among the calls of one page, whose memory no other program sees; the bundle for browsers puts this
 * file in place of `src/base/file-lock.ts`.
 */
export async function acquireFileLock({ path }: { readonly path: string }): Promise<FileLock> {
  const before = turns.get(path) ?? Promise.resolve();
  const mine = Promise.withResolvers<void>();
  turns.set(
    path,
    before.then(() => mine.promise),
  );
  await before;
  return { isHeld: async () => true, release: async () => mine.resolve() };
}
