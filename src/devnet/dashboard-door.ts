import { timingSafeEqual } from "node:crypto";
import { baseErrors, type Clock, fail, type HttpRequest, type Random, type Route, toHex } from "../base/index.ts";
import type { LogReader } from "../client/index.ts";
import { describeIssue, parseAddress, parseWorkloadId, z } from "../protocol/index.ts";
import { devnetErrors } from "./errors.ts";
import { type Devnet, type FaultKind, faultKinds, type RoleStatus } from "./port.ts";
import { DA_ROLE } from "./role-host.ts";

export interface DashboardDoorDeps {
  readonly devnet: Devnet;
  readonly clock: Clock;
  readonly random: Random;
  /** Log time of the network. */
  readonly logTimeMs: () => number;
  /** The owner's pass to its logs; undefined when it is none. */
  readonly findLogReader: (pass: string) => Promise<LogReader | undefined>;
}

/** A code is typed into no form: whoever asked for it opens the page at once. */
const CODE_MS = 5 * 60_000;
const CODES_MAX = 16;
const SESSIONS_MAX = 32;
const READERS_MAX = 16;

const codeBody = z.strictObject({ logPass: z.string().max(8192).nullable() });
const sessionBody = z.strictObject({ code: z.string().max(64) });
const faultBody = z.strictObject({ kind: z.enum(faultKinds), role: z.string().min(1).max(64) });
const logBody = z.strictObject({ workload: z.string().max(64), owner: z.string().max(40) });

/**
 * What the dashboard in a browser may ask of a devnet. Whoever has the devnet's token gets a code that is good once;
 * the page exchanges it for a token of its own, which opens these routes and nothing else, and ends with the devnet.
 * The server turns pages of every origin but the ingress's away before this.
 */
export function dashboardRoutes(deps: DashboardDoorDeps): Route[] {
  const { devnet } = deps;
  const door = new DashboardDoor(deps);
  /** For the page: these routes have a token of their own. */
  const pageRoute = (path: string, handle: (request: HttpRequest) => Promise<unknown>): Route => ({
    method: "POST",
    path,
    isOpen: true,
    handle: async (request) => ({ json: await handle(request), headers: { "cache-control": "no-store" } }),
  });
  return [
    {
      method: "POST",
      path: "/dashboard/codes",
      handle: async (request) => {
        const { logPass } = await readBody(request, codeBody);
        return { json: await door.invite(logPass) };
      },
    },
    pageRoute("/dashboard/session", async (request) => {
      const { code } = await readBody(request, sessionBody);
      return { token: door.enter(code) };
    }),
    pageRoute("/dashboard/roles", async (request) => {
      door.check(request);
      return { roles: rolesOf(devnet) };
    }),
    pageRoute("/dashboard/faults", async (request) => {
      door.check(request);
      const { kind, role } = await readBody(request, faultBody);
      await devnet.fault(kind, role);
      return { roles: rolesOf(devnet) };
    }),
    pageRoute("/dashboard/heal", async (request) => {
      door.check(request);
      await devnet.heal();
      return { roles: rolesOf(devnet) };
    }),
    pageRoute("/dashboard/log-requests", async (request) => {
      door.check(request);
      const { workload, owner } = await readBody(request, logBody);
      return { request: door.logRequest(workload, owner) };
    }),
  ];
}

class DashboardDoor {
  readonly #deps: DashboardDoorDeps;
  readonly #codes = new Map<string, number>();
  readonly #sessions = new Set<string>();
  readonly #readers = new Map<string, LogReader>();

  constructor(deps: DashboardDoorDeps) {
    this.#deps = deps;
  }

  async invite(logPass: string | null): Promise<{ readonly code: string; readonly expiresMs: number }> {
    const { clock, random, findLogReader } = this.#deps;
    const reader = logPass === null ? undefined : await findLogReader(logPass);
    if (reader !== undefined) keepNewest(this.#readers.set(reader.owner, reader), READERS_MAX);
    const code = toHex(random.bytes(16));
    keepNewest(this.#codes.set(code, clock.monotonicMs() + CODE_MS), CODES_MAX);
    return { code, expiresMs: clock.nowMs() + CODE_MS };
  }

  /** @throws DSDN_DEVNET_CODE_INVALID */
  enter(code: string): string {
    const { clock, random } = this.#deps;
    const endMs = this.#codes.get(code);
    this.#codes.delete(code);
    if (endMs === undefined || clock.monotonicMs() > endMs) throw fail(devnetErrors.codeInvalid, {});
    const token = toHex(random.bytes(24));
    keepNewest(this.#sessions.add(token), SESSIONS_MAX);
    return token;
  }

  /** @throws DSDN_BASE_REQUEST_REFUSED */
  check({ headers }: HttpRequest): void {
    const given = Buffer.from(headers.authorization ?? "");
    for (const token of this.#sessions) {
      const wanted = Buffer.from(`Bearer ${token}`);
      if (given.length === wanted.length && timingSafeEqual(given, wanted)) return;
    }
    throw fail(baseErrors.requestRefused, { reason: "it carries no valid token" });
  }

  /** Null when no pass of that owner is here. */
  logRequest(workload: string, owner: string): string | null {
    const { clock, logTimeMs } = this.#deps;
    const reader = this.#readers.get(parseAddress(owner));
    return reader?.request(parseWorkloadId(workload), Math.max(clock.nowMs(), logTimeMs())) ?? null;
  }
}

/** Forgets what came first. */
function keepNewest(kept: Map<string, unknown> | Set<string>, most: number): void {
  for (const key of kept.keys()) {
    if (kept.size <= most) return;
    kept.delete(key);
  }
}

function rolesOf(devnet: Devnet) {
  const { roles, daUrl } = devnet.status();
  const da = { name: DA_ROLE, kind: DA_ROLE, zone: null, status: null, url: daUrl, faults: DA_FAULTS };
  return [...roles.map(({ height: _, ...role }) => ({ ...role, faults: faultsOf(role) })), da];
}

const DA_FAULTS: readonly FaultKind[] = ["kill", "restart"];

/** What can be played on it as it is now. */
function faultsOf({ kind, status }: Pick<RoleStatus, "kind" | "status">): readonly FaultKind[] {
  if (status === "stopped") return ["restart"];
  return faultKinds.filter((fault) => kind === "node" || fault !== "slow");
}

async function readBody<S extends z.ZodType>(request: HttpRequest, schema: S): Promise<z.output<S>> {
  const parsed = schema.safeParse(await request.json());
  if (parsed.success) return parsed.data;
  throw fail(baseErrors.requestInvalid, { field: "the body", reason: describeIssue(parsed.error) });
}
