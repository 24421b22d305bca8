import type { SealingCipher } from "./segment.ts";

/**
 * The cipher of a platform that has no other than an asynchronous one. Node has one that answers at once, so there is
 * none here; the bundle for browsers puts `src/browser/platform/cipher.ts` in place of this file.
 */
export const platformCipher: SealingCipher | undefined = undefined;
