import { type DsdnError, fail } from "../base/index.ts";
import { intentErrors } from "./errors.ts";

/** Fields people know from elsewhere, by why this network has none of them. Compared without case, `-` and `_`. */
const FAMILIES = [
  {
    spec: intentErrors.fieldPlacement,
    names:
      "rf replicas replica replication replicationfactor copies redundancy zone zones region regions location " +
      "datacenter datacentre class classpreference nodeclass tier node nodes nodeid nodeselector placement affinity " +
      "constraints instances instance scale scaling minscale maxscale count",
  },
  {
    spec: intentErrors.fieldResource,
    names:
      "cpu cpus vcpu cores memory memorybytes ram mem disk storage size machine gpu gpus limits limit resources quota " +
      "timeout timems timelimit duration maxduration outputbytes logbytes concurrency price cost costceiling budget",
  },
  {
    spec: intentErrors.fieldNetwork,
    names:
      "network endpoint endpoints ingress ingressurl url api apiurl rpc rpcurl chain da darpc darpcurl gateway proxy " +
      "registry host domain account wallet owner profile config extends include import plugin plugins genesis",
  },
  {
    spec: intentErrors.fieldCommand,
    names:
      "build buildcommand command commands cmd run exec script scripts hook hooks prebuild postbuild predeploy " +
      "postdeploy install postinstall prepare start startcommand before after",
  },
  {
    spec: intentErrors.fieldSecret,
    names:
      "secret secrets password passphrase token tokens key keys apikey privatekey mnemonic seed credential credentials",
  },
] as const;

/** Fields that exist, and where, as it is written. */
const HOMES: ReadonlyMap<string, string> = new Map([
  ["type", "intent: { type: ... }"],
  ["priority", "intent: { priority: ... }"],
  ["visibility", "intent: { visibility: ... }"],
  ["hosts", "grants: { hosts: [...] }"],
  ["objects", "grants: { objects: [...] }"],
  ["cron", "schedule: { cron: ... }"],
  ["name", "name: ..."],
  ["entry", "entry: ..."],
  ["site", "site: ..."],
  ["env", "env: { NAME: ... }"],
  ["grants", "grants: { hosts: [...] }"],
]);

/** The error for a field that is not there, with what to do instead. */
export function unknownField(field: string, facts: { readonly place: string; readonly known: string }): DsdnError {
  const { place, known } = facts;
  const shown = field.slice(0, 80);
  const name = field.slice(0, 80).toLowerCase().replace(/[-_]/g, "");
  const home = HOMES.get(name);
  const isHere = known.split(", ").includes(name);
  if (home !== undefined && !isHere) return fail(intentErrors.fieldMisplaced, { place, field: shown, parent: home });
  const family = FAMILIES.find(({ names }) => names.split(" ").includes(name));
  if (family !== undefined) return fail(family.spec, { place, field: shown });
  return fail(intentErrors.fieldUnknown, { place, field: shown, known });
}
