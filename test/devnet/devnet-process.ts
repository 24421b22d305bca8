/** Runs the devnet of a folder in this process until Ctrl-C; says one line when it is ready. Started by the fixture. */
import { systemClock, systemDisk, systemRandom } from "../../src/base/index.ts";
import { startLocalDevnet } from "../../src/devnet/index.ts";

const [folder = "", daDelayMs = "0"] = process.argv.slice(2);
const devnet = await startLocalDevnet(
  { folder, daDelayMs: Number(daDelayMs) },
  { disk: systemDisk(), clock: systemClock(), random: systemRandom() },
);
process.once("SIGINT", () => void devnet.stop());
console.log(JSON.stringify(devnet.status()));
await devnet.stopped;
