// Loaded before the program (NODE_OPTIONS=--import): writes a line for every process it starts.
import childProcess from "node:child_process";
import { subscribe } from "node:diagnostics_channel";
import { appendFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const record = () => appendFileSync(process.env.RECORD_PROCESSES_IN, `${process.pid}\n`);
subscribe("child_process", record);
for (const name of ["spawnSync", "execSync", "execFileSync"]) {
  const real = childProcess[name];
  childProcess[name] = (...args) => {
    record();
    return real(...args);
  };
}
syncBuiltinESMExports();
