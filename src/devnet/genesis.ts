import { toUtf8 } from "../base/index.ts";
import { DEVNET_CHAIN_ID } from "../chain/index.ts";
import { createNamespace } from "../da/index.ts";
import { addressOfWallet, type Genesis, hexId, type KeyId } from "../protocol/index.ts";
import { makeGenesis } from "../roles/index.ts";
import { type DevnetSettings, signerOf, walletOf } from "./settings.ts";

/** The genesis of a devnet: the same settings give the same network. */
export function devnetGenesis(settings: DevnetSettings): Promise<Genesis> {
  const { keys, createdMs } = settings;
  const operator = addressOfWallet(walletOf(keys.operator));
  const roleOf = (seed: string) => ({ key: hexId<KeyId>(signerOf(seed).publicKey), operator });
  return makeGenesis({
    name: "devnet",
    stage: "devnet",
    createdMs,
    roles: {
      coordinators: keys.coordinators.map(roleOf),
      sequencer: roleOf(keys.sequencer),
      validators: keys.validators.map(roleOf),
    },
    chainId: DEVNET_CHAIN_ID,
    funded: [operator],
    da: { chainId: "dsdn-local", namespace: createNamespace(toUtf8("dsdn-local")), startHeight: 1 },
  });
}
