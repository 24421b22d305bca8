import { type Clock, createHttpClient, equalBytes, fail, toBase64, toUtf8 } from "../base/index.ts";
import type { Wallet } from "../crypto/index.ts";
import {
  type ApiAnswer,
  addressOfWallet,
  chunkIdOf,
  encodeUploadLease,
  hexId,
  ingressApi,
  type KeyId,
  LEASE_HEADER,
  type NetworkId,
  signSessionGrant,
  signUploadLease,
} from "../protocol/index.ts";
import { devnetErrors } from "./errors.ts";
import { signerOf } from "./settings.ts";

/** The same bytes every time, so that probing leaves at most one small chunk behind. */
const PROBE = toUtf8("dsdn devnet probe 1\n");
const LEASE_MS = 60_000;

/**
 * Resolves when a signed write was acknowledged by nodes in two zones and read back through the ingress.
 * @throws DSDN_DEVNET_NOT_READY, or the error of the failing step
 */
export async function probeRoundTrip(
  target: { ingressUrl: string; token: string; network: NetworkId; seed: string; wallet: Wallet },
  clock: Clock,
): Promise<void> {
  const key = signerOf(target.seed);
  const sessionKey = hexId<KeyId>(key.publicKey);
  const now = clock.nowMs();
  const grant = signSessionGrant(target.wallet, target.network, {
    wallet: addressOfWallet(target.wallet),
    sessionKey,
    scopes: ["upload"],
    quotaBytes: PROBE.length,
    expiresMs: now + LEASE_MS,
    nonce: 0,
  });
  const terms = { network: target.network, sizeBytes: PROBE.length, createdMs: now, expiresMs: now + LEASE_MS };
  const lease = signUploadLease(key, { ...terms, grant });
  const client = createHttpClient({ name: "The ingress", url: target.ingressUrl, token: target.token });
  const stored = (await client.json(ingressApi.putChunk.path, {
    method: "PUT",
    body: PROBE,
    headers: { [LEASE_HEADER]: toBase64(encodeUploadLease(lease)) },
  })) as ApiAnswer<{ chunk: string }>;
  const chunk = chunkIdOf(PROBE);
  const answer = await client.send(`/v1/chunks/${chunk}`);
  if (stored.details.chunk !== chunk || !equalBytes(answer.body, PROBE)) {
    throw fail(devnetErrors.notReady, { reason: "a written chunk did not read back the same" });
  }
}
