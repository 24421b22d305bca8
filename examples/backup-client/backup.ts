// Backs a folder up, encrypted, and keeps the newest snapshots: `node backup.ts <folder> [--keep 7]`.
// What did not change since an earlier snapshot is not sent again.
import { parseArgs } from "node:util";
import { connect, DsdnError, renderError } from "dsdn";
import { listSnapshots, networkOf, snapshotName } from "./snapshots.ts";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { keep: { type: "string", default: "7" } },
});
const [folder] = positionals;
const keep = Number(values.keep);

async function backup(path: string): Promise<void> {
  const client = await connect(networkOf(process.env));
  const upload = client.storage.uploadFile(path).encrypted().named(snapshotName(path, new Date()));
  const run = upload.waitWithProgress();
  for await (const { stage, isDone, elapsedMs } of run) {
    if (isDone) console.error(`${stage} took ${Math.round(elapsedMs)} ms`);
  }
  const done = await run;
  console.log(`${done.name}: ${done.files} files, ${done.sizeBytes} bytes, ${done.sentBytes} sent`);
  // Only now, when the new snapshot is safe and on the log, old ones go.
  for (const { name } of (await listSnapshots(client, path)).slice(keep)) {
    await client.storage.remove(name);
    console.log(`${name}: removed`);
  }
}

if (folder === undefined || !Number.isInteger(keep) || keep < 1) {
  console.error("node backup.ts <folder> [--keep 7]");
  process.exitCode = 2;
} else {
  await backup(folder).catch((error: unknown) => {
    if (!(error instanceof DsdnError)) throw error;
    const { message, hint } = renderError(error, "en");
    console.error(`${error.code}: ${message}\n${hint}`);
    process.exitCode = error.spec.exit;
  });
}
