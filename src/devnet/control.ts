import { baseErrors, createHttpServer, fail, type HttpRequest, type HttpServer, type Route } from "../base/index.ts";
import { describeIssue, z } from "../protocol/index.ts";

import { type DashboardDoorDeps, dashboardRoutes } from "./dashboard-door.ts";
import type { DevnetJournal, RoleLogLine } from "./journal.ts";
import { type Devnet, faultKinds } from "./port.ts";
import { proofOf } from "./proof.ts";

const faultBody = z.strictObject({ kind: z.enum(faultKinds), role: z.string().min(1).max(64) });
const rebuildBody = z.strictObject({ role: z.string().min(1).max(64) });
const clockBody = z.strictObject({
  advanceMs: z
    .int()
    .min(1)
    .max(400 * 24 * 3_600_000),
});

/**
 * The local port through which `dsdn dev …` speaks to a running devnet. Every change needs the token.
 *
 * @param options.dashboardOrigins - under which the ingress serves its own pages; those of deployments have others.
 */
export function createControlServer(
  options: { host: string; port: number; token: string; dashboardOrigins: readonly string[] },
  deps: { devnet: Devnet; journal: DevnetJournal; onStop: () => void } & Omit<DashboardDoorDeps, "devnet">,
): HttpServer {
  const { dashboardOrigins: allowedOrigins, ...place } = options;
  const { devnet, journal } = deps;
  const routes: Route[] = [
    ...dashboardRoutes(deps),
    {
      method: "GET",
      path: "/status",
      handle: ({ query }) => {
        const nonce = query.get("nonce");
        const isAsked = nonce !== null && /^[0-9a-f]{64}$/.test(nonce);
        return { json: { ...devnet.status(), ...(isAsked ? { proof: proofOf(options.token, nonce) } : {}) } };
      },
    },
    {
      method: "POST",
      path: "/stop",
      handle: () => {
        // The answer leaves first: stopping closes this very connection.
        setImmediate(deps.onStop);
        return { json: { stopping: true } };
      },
    },
    {
      method: "POST",
      path: "/faults",
      handle: async (request) => {
        const { kind, role } = await readBody(request, faultBody);
        await devnet.fault(kind, role);
        return { json: devnet.status() };
      },
    },
    {
      method: "POST",
      path: "/heal",
      handle: async () => {
        await devnet.heal();
        return { json: devnet.status() };
      },
    },
    {
      method: "POST",
      path: "/rebuild",
      handle: async (request) => {
        const { role } = await readBody(request, rebuildBody);
        return { json: await devnet.rebuild(role) };
      },
    },
    {
      method: "POST",
      path: "/clock",
      handle: async (request) => {
        const { advanceMs } = await readBody(request, clockBody);
        await devnet.advanceClock(advanceMs);
        return { json: devnet.status() };
      },
    },
    {
      method: "GET",
      path: "/logs",
      handle: (request) => {
        const role = request.query.get("role") ?? undefined;
        const isFollowing = request.query.get("follow") === "1";
        const body = readJournal(journal, { role, isFollowing, signal: request.signal });
        return { body, headers: { "content-type": "application/x-ndjson", "cache-control": "no-store" } };
      },
    },
  ];
  return createHttpServer({ name: "devnet control", allowedOrigins, ...place }, { routes });
}

async function readBody<S extends z.ZodType>(request: HttpRequest, schema: S): Promise<z.output<S>> {
  const parsed = schema.safeParse(await request.json());
  if (parsed.success) return parsed.data;
  throw fail(baseErrors.requestInvalid, { field: "the body", reason: describeIssue(parsed.error) });
}

const MAX_WAITING_LINES = 10_000;

interface JournalQuery {
  readonly role: string | undefined;
  readonly isFollowing: boolean;
  readonly signal: AbortSignal;
}

/** NDJSON: {time, level, event, role, …}. */
async function* readJournal(journal: DevnetJournal, query: JournalQuery): AsyncGenerator<Uint8Array> {
  const waiting: RoleLogLine[] = [...journal.list(query.role)];
  let wake = () => {};
  const end = journal.follow((line) => {
    if (query.role === undefined || line.role === query.role) waiting.push(line);
    // A follower that does not read loses the oldest lines, not the devnet its memory.
    if (waiting.length > MAX_WAITING_LINES) waiting.shift();
    wake();
  });
  const onAbort = () => wake();
  query.signal.addEventListener("abort", onAbort);
  try {
    for (;;) {
      const line = waiting.shift();
      if (line !== undefined) yield new TextEncoder().encode(`${formatLine(line)}\n`);
      else if (!query.isFollowing || query.signal.aborted) return;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    end();
    query.signal.removeEventListener("abort", onAbort);
  }
}

function formatLine({ role, entry }: RoleLogLine): string {
  const { timeMs, level, event, fields } = entry;
  return JSON.stringify({ timeMs, level, event, ...fields, role });
}
