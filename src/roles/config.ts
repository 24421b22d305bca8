import { dirname, isAbsolute, resolve } from "node:path";
import { type Disk, fail, fromUtf8 } from "../base/index.ts";
import { describeIssue, z } from "../protocol/index.ts";
import { rolesErrors } from "./errors.ts";

export const roleNames = ["da", "coordinator", "node", "validator", "sequencer", "ingress"] as const;
export type RoleName = (typeof roleNames)[number];

const port = z.int().min(0).max(65_535);
const url = z.url({ protocol: /^https?$/ });

/** Never `null`, which every sandboxed page is. */
function isWebOrigin(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && ["http:", "https:"].includes(url.protocol) && url.origin === text;
}

/** An issuer is an identifier that is compared by its letters; unencrypted it is worth something on this machine only. */
function isSignInIssuer(issuer: string): boolean {
  const parsed = URL.parse(issuer);
  if (parsed === null || parsed.username !== "" || parsed.search !== "" || parsed.hash !== "") return false;
  const isLocal = ["127.0.0.1", "localhost", "[::1]"].includes(parsed.hostname);
  return parsed.protocol === "https:" || (parsed.protocol === "http:" && isLocal);
}

/** `dsdn.toml` of one role. Paths are relative to the file. Names are those operators know from other DSDN programs. */
const configSchema = z.strictObject({
  /** Canonical genesis document of the network. */
  genesis_file: z.string().optional(),
  data: z.string().default("data"),
  host: z.string().default("127.0.0.1"),
  /** Host names a reverse proxy uses for this role. */
  allowed_hosts: z.array(z.string()).max(32).default([]),
  key_file: z.string().optional(),
  token_file: z.string().optional(),
  coordinator_urls: z.array(url).max(64).default([]),
  da: z
    .strictObject({
      rpc_url: url.optional(),
      namespace: z.string().optional(),
      network: z.string().optional(),
      auth_token_file: z.string().optional(),
      timeout_ms: z.int().min(100).max(600_000).optional(),
      /** For the role `da` itself: port of the local node, idle block interval. */
      port: port.default(26_658),
      interval_ms: z.int().min(0).max(3_600_000).default(2_000),
      secret_file: z.string().optional(),
    })
    .prefault({}),
  coordinator: z.strictObject({ port: port.default(45_831) }).prefault({}),
  node: z
    .strictObject({
      zone: z.string().min(1).max(32).optional(),
      class: z.enum(["regular", "datacentre"]).default("regular"),
      operator_key_file: z.string().optional(),
      storage_path: z.string().optional(),
      storage_capacity_gb: z.number().min(0.001).max(1_000_000).default(64),
      http_port: port.default(45_832),
      grpc_port: port.default(46_832),
      public_http_url: url.optional(),
      public_grpc_url: url.optional(),
    })
    .prefault({}),
  validator: z
    .strictObject({
      port: port.default(45_833),
      blocked_hashes_file: z.string().optional(),
      probe_ms: z.int().min(100).default(5_000),
      /** DNS resolvers that host names of deployments are looked up with; this machine's own when there are none. */
      resolvers: z.array(z.string().max(64)).max(8).default([]),
    })
    .prefault({}),
  sequencer: z.strictObject({ port: port.default(8_545) }).prefault({}),
  ingress: z
    .strictObject({
      port: port.default(8_088),
      site_domain: z.string().default("localhost"),
      chain_rpc_url: url.optional(),
      /** Origins of other sites whose pages may ask this ingress, as `dsdn/browser` does. */
      allowed_origins: z.array(z.string().refine(isWebOrigin, "https://..., without a path")).max(64).default([]),
      /** Whoever writes must have signed in at this OpenID provider, or carry the token of `token_file`. */
      sign_in: z
        .strictObject({
          issuer: z.string().refine(isSignInIssuer, "https://..., or http://127.0.0.1..."),
          // A name of digits alone comes as a number from a flag.
          client_id: z.coerce.string().min(1).max(255),
          /** Claims a token must have besides, such as `hd` or `groups`: the value itself, or a list with it. */
          claims: z.record(z.string().min(1).max(64), z.string().max(255)).optional(),
        })
        .optional(),
      /** HTTPS beside HTTP, with certificates from `tls_folder`. */
      https_port: port.optional(),
      tls_folder: z.string().default("tls"),
      /** Certificates for these names are fetched from an authority and renewed; `port` must be reached as port 80. */
      acme: z
        .strictObject({
          directory_url: z.url({ protocol: /^https$/ }),
          names: z
            .array(z.string().regex(/^(?=.{1,253}$)[a-z0-9-]+(\.[a-z0-9-]+)+$/))
            .min(1)
            .max(100),
          email: z.email().optional(),
          /** Root of a private authority's own connection, PEM. */
          root_file: z.string().optional(),
        })
        .optional(),
    })
    .prefault({}),
});
export type RoleConfig = z.output<typeof configSchema>;

/** Environment variable -> place in the file. Values of the environment win over the file. */
const ENVIRONMENT: { readonly [variable: string]: readonly string[] } = {
  DA_RPC_URL: ["da", "rpc_url"],
  DA_NAMESPACE: ["da", "namespace"],
  DA_NETWORK: ["da", "network"],
  DA_AUTH_TOKEN_FILE: ["da", "auth_token_file"],
  DA_TIMEOUT_MS: ["da", "timeout_ms"],
  DSDN_COORDINATOR_URL: ["coordinator_urls"],
  DSDN_CHAIN_RPC: ["ingress", "chain_rpc_url"],
  NODE_STORAGE_PATH: ["node", "storage_path"],
  NODE_STORAGE_CAPACITY_GB: ["node", "storage_capacity_gb"],
  NODE_HTTP_PORT: ["node", "http_port"],
  NODE_GRPC_PORT: ["node", "grpc_port"],
};

export interface ConfigSources {
  /** Absolute path of dsdn.toml; undefined = none. */
  readonly file: string | undefined;
  readonly env: { readonly [name: string]: string | undefined };
  /** Settings given as flags, by their place in the file; they win over everything. */
  readonly flags: readonly (readonly [place: readonly string[], value: string | number])[];
}

/**
 * The settings of a role: flags over environment over file. Paths come back absolute.
 * @throws DSDN_ROLES_CONFIG_INVALID naming the setting
 */
export async function readRoleConfig(sources: ConfigSources, disk: Disk): Promise<RoleConfig> {
  const path = sources.file ?? "dsdn.toml";
  const tree = sources.file === undefined ? {} : await readToml(sources.file, disk);
  for (const [variable, place] of Object.entries(ENVIRONMENT)) {
    const value = sources.env[variable];
    if (value !== undefined && value !== "") put(tree, place, value);
  }
  for (const [place, value] of sources.flags) put(tree, place, value);
  const parsed = configSchema.safeParse(tree);
  if (!parsed.success) {
    const name = parsed.error.issues[0]?.path.join(".") || "dsdn.toml";
    throw fail(rolesErrors.configInvalid, { name, path, reason: describeIssue(parsed.error) });
  }
  return withAbsolutePaths(parsed.data, dirname(resolve(path)));
}

async function readToml(file: string, disk: Disk): Promise<Record<string, unknown>> {
  const bytes = await disk.find(file);
  if (bytes === undefined)
    throw fail(rolesErrors.configInvalid, { name: "--config", path: file, reason: "there is no such file" });
  const { parse } = await import("smol-toml");
  try {
    return parse(fromUtf8(bytes)) as Record<string, unknown>;
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split("\n")[0] ?? "not TOML") : "not TOML";
    throw fail(rolesErrors.configInvalid, { name: "dsdn.toml", path: file, reason }, { cause: error });
  }
}

/** Numbers come as text from the environment; lists as comma-separated text. */
function put(tree: Record<string, unknown>, place: readonly string[], value: string | number): void {
  const last = place.at(-1) ?? "";
  let at = tree;
  for (const name of place.slice(0, -1)) {
    const next = at[name];
    const table = typeof next === "object" && next !== null ? (next as Record<string, unknown>) : {};
    at[name] = table;
    at = table;
  }
  if (last === "coordinator_urls") at[last] = String(value).split(",");
  else at[last] = typeof value === "string" && /^\d{1,15}(\.\d{1,6})?$/.test(value) ? Number(value) : value;
}

function withAbsolutePaths(config: RoleConfig, folder: string): RoleConfig {
  const at = <T extends string | undefined>(path: T): T =>
    (path === undefined || isAbsolute(path) ? path : resolve(folder, path)) as T;
  const { da, node, validator, ingress } = config;
  const { acme } = ingress;
  return {
    ...config,
    data: at(config.data),
    genesis_file: at(config.genesis_file),
    key_file: at(config.key_file),
    token_file: at(config.token_file),
    da: { ...da, auth_token_file: at(da.auth_token_file), secret_file: at(da.secret_file) },
    node: { ...node, operator_key_file: at(node.operator_key_file), storage_path: at(node.storage_path) },
    ingress: {
      ...ingress,
      tls_folder: at(ingress.tls_folder),
      ...(acme === undefined ? {} : { acme: { ...acme, root_file: at(acme.root_file) } }),
    },
    validator: { ...validator, blocked_hashes_file: at(validator.blocked_hashes_file) },
  };
}
