import { join } from "node:path";
import { type Disk, fail, type Random, toHex, toUtf8, writeDurable } from "../base/index.ts";
import { DEVNET_CHAIN_ID } from "../chain/index.ts";
import { ed25519FromSeed, generateWalletKey, openWallet } from "../crypto/index.ts";
import { createNamespace, DEFAULT_NAMESPACE } from "../da/index.ts";
import {
  addressOfWallet,
  encodeGenesis,
  type Genesis,
  hexId,
  type KeyId,
  type NetworkId,
  networkIdOf,
} from "../protocol/index.ts";
import { rolesErrors } from "./errors.ts";
import { makeGenesis, type RoleKey } from "./genesis.ts";

export interface NetworkPlan {
  readonly folder: string;
  readonly name: string;
  readonly stage: Genesis["stage"];
  readonly nodes: number;
  readonly zones: number;
  readonly validators: number;
  readonly host: string;
  /** Address of the DA node every role uses; undefined = a local one on `firstPort`. */
  readonly daUrl: string | undefined;
  readonly daChainId: string;
  /** First height that may carry events of the network. */
  readonly daStartHeight: number;
  /** EVM chain id; that of every devnet unless said. */
  readonly chainId: number | undefined;
  /** Ports are given out from here on, one after the other; the usual ones unless said. */
  readonly firstPort: number;
}

export interface WrittenNetwork {
  readonly network: NetworkId;
  readonly folder: string;
  /** Name of each role and its dsdn.toml, in the order in which to start them. */
  readonly roles: readonly {
    readonly name: string;
    readonly role: string;
    readonly config: string;
    readonly url: string;
  }[];
}

interface PlannedRole {
  readonly name: string;
  readonly role: string;
  readonly url: string;
  readonly seed: string | undefined;
  readonly lines: readonly string[];
  readonly operator?: string;
}

/**
 * Writes everything the roles of a new network need, each in a folder of its own: genesis, keys (0600), dsdn.toml.
 * For one machine or as a start for several; move each role's folder to where it runs.
 */
export async function writeNetworkFiles(
  plan: NetworkPlan,
  deps: { disk: Disk; random: Random; nowMs: number },
): Promise<WrittenNetwork> {
  const { disk, random } = deps;
  const operator = toHex(generateWalletKey(random));
  const token = toHex(random.bytes(24));
  const roles = planRoles(plan, random);
  const genesis = await planGenesis(plan, { roles, operator, nowMs: deps.nowMs });
  const write = async (path: string, text: string | Uint8Array) => {
    await disk.makeFolder(join(plan.folder, path, ".."));
    await writeDurable(disk, join(plan.folder, path), typeof text === "string" ? toUtf8(text) : text);
  };
  await write("genesis.dsdn", encodeGenesis(genesis));
  await write("operator.key", `${operator}\n`);
  await write("token", `${token}\n`);
  const coordinatorUrls = roles.filter(({ role }) => role === "coordinator").map(({ url }) => url);
  const daUrl = plan.daUrl ?? roles.find(({ role }) => role === "da")?.url ?? "";
  const namespace = toHex(genesis.da.namespace);
  for (const role of roles) {
    if (role.seed !== undefined) await write(`${role.name}/role.key`, `${role.seed}\n`);
    if (role.operator !== undefined) await write(`${role.name}/operator.key`, `${role.operator}\n`);
    await write(`${role.name}/dsdn.toml`, configText(role, { plan, coordinatorUrls, daUrl, namespace }));
  }
  const written = roles.map(({ name, role, url }) => ({
    name,
    role,
    url,
    config: join(plan.folder, name, "dsdn.toml"),
  }));
  return { network: networkIdOf(genesis), folder: plan.folder, roles: written };
}

function planRoles(plan: NetworkPlan, random: Random): PlannedRole[] {
  let next = plan.firstPort;
  const take = () => next++;
  const seed = () => toHex(random.bytes(32));
  const urlOf = (port: number) => `http://${plan.host}:${port}`;
  const daPort = take();
  const da: PlannedRole = {
    name: "da",
    role: "da",
    url: urlOf(daPort),
    seed: undefined,
    lines: ["[da]", `port = ${daPort}`, `network = "${plan.daChainId}"`],
  };
  const simple = (name: string, role: string): PlannedRole => {
    const port = take();
    return { name, role, url: urlOf(port), seed: seed(), lines: [`[${role}]`, `port = ${port}`] };
  };
  const coordinator = simple("coordinator", "coordinator");
  const nodes = Array.from({ length: plan.nodes }, (_, index): PlannedRole => {
    const [http, grpc] = [take(), take()];
    const zone = `zone-${String.fromCharCode(97 + (index % plan.zones))}`;
    const lines = [
      "[node]",
      `zone = "${zone}"`,
      `http_port = ${http}`,
      `grpc_port = ${grpc}`,
      'operator_key_file = "operator.key"',
    ];
    const operator = toHex(generateWalletKey(random));
    return { name: `node-${index + 1}`, role: "node", url: urlOf(http), seed: seed(), lines, operator };
  });
  const validators = Array.from({ length: plan.validators }, (_, index) =>
    simple(`validator-${index + 1}`, "validator"),
  );
  const sequencer = simple("sequencer", "sequencer");
  const ingress = simple("ingress", "ingress");
  const chain = { ...ingress, seed: undefined, lines: [...ingress.lines, `chain_rpc_url = "${sequencer.url}"`] };
  return [...(plan.daUrl === undefined ? [da] : []), coordinator, ...nodes, ...validators, sequencer, chain];
}

async function planGenesis(
  plan: NetworkPlan,
  facts: { roles: readonly PlannedRole[]; operator: string; nowMs: number },
): Promise<Genesis> {
  const operator = addressOfWallet(openWallet(new Uint8Array(Buffer.from(facts.operator, "hex"))));
  const keyOf = ({ seed = "" }: PlannedRole): RoleKey => {
    const key = hexId<KeyId>(ed25519FromSeed(new Uint8Array(Buffer.from(seed, "hex"))).publicKey);
    return { key, operator };
  };
  const keysOf = (role: string) => facts.roles.filter((entry) => entry.role === role).map(keyOf);
  const [sequencer] = keysOf("sequencer");
  if (sequencer === undefined) throw fail(rolesErrors.configMissing, { role: "sequencer", name: "key_file" });
  const namespace = plan.daUrl === undefined ? createNamespace(toUtf8("dsdn-local")) : DEFAULT_NAMESPACE;
  return makeGenesis({
    name: plan.name,
    stage: plan.stage,
    createdMs: facts.nowMs,
    roles: { coordinators: keysOf("coordinator"), sequencer, validators: keysOf("validator") },
    chainId: plan.chainId ?? DEVNET_CHAIN_ID,
    funded: [operator],
    da: { chainId: plan.daChainId, namespace, startHeight: plan.daStartHeight },
  });
}

function configText(
  role: PlannedRole,
  network: { plan: NetworkPlan; coordinatorUrls: readonly string[]; daUrl: string; namespace: string },
): string {
  const { plan, coordinatorUrls, daUrl, namespace } = network;
  const common = [
    `# ${role.name} of the network "${plan.name}". Run it with: dsdn role run ${role.role} --config dsdn.toml`,
    'genesis_file = "../genesis.dsdn"',
    'token_file = "../token"',
    'data = "data"',
    `host = "${plan.host}"`,
    `coordinator_urls = [${coordinatorUrls.map((url) => `"${url}"`).join(", ")}]`,
    ...(role.seed === undefined ? [] : ['key_file = "role.key"']),
  ];
  const da = role.role === "da" ? [] : ["", "[da]", `rpc_url = "${daUrl}"`, `namespace = "${namespace}"`];
  return `${[...common, ...da, "", ...role.lines].join("\n")}\n`;
}
