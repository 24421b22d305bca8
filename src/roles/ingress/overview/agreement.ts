import { type Clock, createHttpClient, DsdnError, toHex } from "../../../base/index.ts";
import type { RootOfRole } from "../../../protocol/index.ts";
import type { Replica } from "../../../state/index.ts";

export interface Agreement {
  /** Where the roots were compared. */
  readonly height: number;
  /** Of this ingress. */
  readonly stateRoot: string;
  /** False when a role that answered has another root. */
  readonly isEqual: boolean;
  readonly roles: readonly RootOfRole[];
}

export interface AgreementDeps {
  readonly replica: Replica;
  readonly coordinatorUrls: readonly string[];
  readonly clock: Clock;
}

type Asked = Pick<RootOfRole, "kind" | "id"> & { readonly url: string };
type Root = { readonly height: number; readonly stateRoot: string };

/** One question sends many: however many ask, the roles are asked no more often than this. */
const ASK_EVERY_MS = 2_000;
const NODES_ASKED = 64;
const TIMEOUT_MS = 2_000;
const ANSWER_BYTES = 64 * 1024;
/** A role that lies further back is not waited for. */
const LAG_HEIGHTS = 64;

/** Compares the state roots of the roles this ingress knows at one height, as each of them answers. */
export function createAgreement(deps: AgreementDeps): () => Promise<Agreement> {
  let last: { readonly atMs: number; readonly answer: Promise<Agreement> } | undefined;
  return () => {
    const nowMs = deps.clock.monotonicMs();
    if (last === undefined || nowMs >= last.atMs + ASK_EVERY_MS) last = { atMs: nowMs, answer: compare(deps) };
    return last.answer;
  };
}

async function compare({ replica, coordinatorUrls }: AgreementDeps): Promise<Agreement> {
  const nodes = replica.state.listNodes().filter(({ status }) => status !== "left");
  const asked: Asked[] = [
    ...coordinatorUrls.map((url, index) => ({ kind: "coordinator" as const, id: String(index + 1), url })),
    ...nodes.slice(0, NODES_ASKED).map(({ id, httpUrl: url }) => ({ kind: "node" as const, id, url })),
  ];
  const newest = await Promise.all(asked.map(({ url }) => askRoot(url)));
  const own = replica.height;
  const near = newest.flatMap((root) => (root !== undefined && root.height >= own - LAG_HEIGHTS ? [root.height] : []));
  const height = Math.min(own, ...near);
  const stateRoot = toHex(replica.rootAt(height) ?? replica.state.root);
  const roles = await Promise.all(
    asked.map(async ({ kind, id, url }, index): Promise<RootOfRole> => {
      const first = newest[index];
      if (first === undefined) return { kind, id, height: null, stateRoot: null, verdict: "silent" };
      if (first.height < height) return { kind, id, height: first.height, stateRoot: null, verdict: "behind" };
      const root = first.height === height ? first : await askRoot(url, height);
      if (root === undefined) return { kind, id, height: first.height, stateRoot: null, verdict: "silent" };
      const verdict = root.stateRoot === stateRoot ? "equal" : "differs";
      return { kind, id, height: first.height, stateRoot: root.stateRoot, verdict };
    }),
  );
  const ingress: RootOfRole = { kind: "ingress", id: "", height: own, stateRoot, verdict: "equal" };
  return {
    height,
    stateRoot,
    isEqual: roles.every(({ verdict }) => verdict !== "differs"),
    roles: [ingress, ...roles],
  };
}

/** A role's own word; undefined when it gives none. */
async function askRoot(url: string, height?: number): Promise<Root | undefined> {
  const client = createHttpClient({ name: "The role", url });
  const path = height === undefined ? "/v1/state/root" : `/v1/state/root?height=${height}`;
  try {
    const answer = await client.json(path, { timeoutMs: TIMEOUT_MS, maxBytes: ANSWER_BYTES });
    const details = Object(Object(answer).details) as Partial<Root>;
    const isRoot = /^[0-9a-f]{64}$/.test(String(details.stateRoot));
    if (!Number.isSafeInteger(details.height) || !isRoot) return undefined;
    return { height: Number(details.height), stateRoot: String(details.stateRoot) };
  } catch (error) {
    if (error instanceof DsdnError) return undefined;
    throw error;
  }
}
