// Brings a snapshot back: `node restore.ts <folder> <target> [--at 20261121T093000123Z]`; without a target it lists them.
// Every byte is checked before it stands in the target, and nothing that is there is written over.
import { parseArgs } from "node:util";
import { connect } from "dsdn";
import { listSnapshots, networkOf } from "./snapshots.ts";

const { positionals, values } = parseArgs({ allowPositionals: true, options: { at: { type: "string" } } });
const [folder, target] = positionals;

async function restore(path: string): Promise<void> {
  const client = await connect(networkOf(process.env));
  const snapshots = await listSnapshots(client, path);
  if (target === undefined) {
    for (const { time } of snapshots) console.log(time);
    return;
  }
  const chosen = snapshots.find(({ time }) => values.at === undefined || time === values.at);
  if (chosen === undefined) {
    console.error(`There is no such snapshot of ${path}.`);
    process.exitCode = 1;
    return;
  }
  await client.storage.get(chosen.name, { out: target });
  console.log(`${target} is ${path} as it was at ${chosen.time}`);
}

if (folder === undefined) {
  console.error("node restore.ts <folder> [<target>] [--at <time>]");
  process.exitCode = 2;
} else {
  await restore(folder);
}
