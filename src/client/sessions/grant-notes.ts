import { join } from "node:path";
import { acquireFileLock, type Clock, type Disk, type Random, writeDurable } from "../../base/index.ts";
import { type Account, type Reach, reaches } from "../../keys/index.ts";
import { encodeWith, findWith, type KeyId, keyId, text, uint, z } from "../../protocol/index.ts";

/** What the owner calls a session it gave away: the log does not know. */
interface GrantNote {
  readonly session: KeyId;
  readonly name: string;
  readonly reach: Reach;
  readonly createdMs: number;
}

/** Notes of one network on this machine, sealed by the account. Losing them loses names and nothing else. */
export interface GrantNotes {
  read(): Promise<readonly GrantNote[]>;
  add(note: GrantNote): Promise<void>;
}

const PURPOSE = "granted sessions";
const NOTES_MAX = 2000;
const BYTES_MAX = 512 * 1024;
const notesFile = z.strictObject({
  version: z.literal(1),
  notes: z
    .array(z.strictObject({ session: keyId, name: text(64, 1), reach: z.enum(reaches), createdMs: uint() }))
    .max(NOTES_MAX),
});

/** @param options.folder - of the network in the profile, absolute. */
export function openGrantNotes(
  { folder, account }: { readonly folder: string; readonly account: Account },
  deps: { readonly disk: Disk; readonly random: Random; readonly clock: Clock },
): GrantNotes {
  const { disk, random } = deps;
  const path = join(folder, `granted-${account.fingerprint}`);
  const read = async (): Promise<readonly GrantNote[]> => {
    const wrapped = await disk.findRange(path, 0, BYTES_MAX);
    if (wrapped === undefined) return [];
    try {
      const bytes = account.unwrap(PURPOSE, wrapped);
      return findWith(notesFile, bytes, { what: "session names", limitBytes: BYTES_MAX })?.notes ?? [];
    } catch {
      return [];
    }
  };
  return {
    read,
    async add(note) {
      await disk.makeFolder(folder);
      const lock = await acquireFileLock({ path: `${path}.lock` }, deps);
      try {
        const notes = [...(await read()), note].slice(-NOTES_MAX);
        await writeDurable(disk, path, account.wrap(PURPOSE, encodeWith(notesFile, { version: 1, notes }), random));
      } finally {
        await lock.release();
      }
    },
  };
}
