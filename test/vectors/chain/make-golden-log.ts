/** Writes golden-log.json beside itself from the sample history. Run it only when the rules change on purpose. */
import { writeFileSync } from "node:fs";
import { toHex } from "../../../src/base/index.ts";
import { chainGenesisDigest, encodeChainGenesis, unpackBatch } from "../../../src/chain/index.ts";
import { sampleHistory } from "../../unit/chain/chain-fixture.ts";

const { genesis, batches } = await sampleHistory();
const log = {
  source: "our own; made by make-golden-log.ts with @nomicfoundation/edr 0.20.0",
  genesis: toHex(encodeChainGenesis(genesis)),
  genesisDigest: toHex(chainGenesisDigest(genesis)),
  batches: batches.map((body) => ({
    number: body.number,
    previous: toHex(body.previous),
    stateRoot: toHex(body.stateRoot),
    batch: toHex(body.batch),
    lastBlock: unpackBatch(body).lastBlock,
  })),
};
writeFileSync(new URL("golden-log.json", import.meta.url), `${JSON.stringify(log, null, 1)}\n`);
