import { findBase64, toHex } from "../../base/index.ts";
import { decodeGenesis, type Genesis, networkIdOf } from "../../protocol/index.ts";
import { createReplica } from "../../state/index.ts";
import { askRoot, type LogAccess, type LogDeps, logSourceOf, openLog } from "./log-access.ts";
import { type ChainReport, verifyChain } from "./verify-chain.ts";

export interface VerifyStateOptions {
  /** Base64 genesis, as an ingress or a file gives it; `network` of the report is its hash. */
  readonly genesis: string;
  readonly log: LogAccess;
  /** Every role that is asked. */
  readonly roles: readonly { readonly name: string; readonly url: string }[];
  /** True = every height is checked against Celestia's headers by its namespace proof. */
  readonly readsProofs: boolean;
  /** JSON-RPC of the sequencer; its chain is replayed from the log's batches too. */
  readonly chainRpcUrl?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (doneHeights: number, totalHeights: number) => void;
}

/** What one role says, held against the log. */
export interface RoleVerdict {
  readonly name: string;
  /** `behind`: it has not come to the compared height; `silent`: it gave no root. */
  readonly verdict: "equal" | "differs" | "behind" | "silent";
  readonly stateRoot: string | null;
  /** Newest height it has; null when it does not say. */
  readonly height: number | null;
  /** Error code of a silent role. */
  readonly fault: string | null;
}

export interface StateReport {
  readonly network: string;
  /** The height all were compared at. */
  readonly height: number;
  /** What the log gives there, by our own replay. */
  readonly stateRoot: string;
  readonly roles: readonly RoleVerdict[];
  /** Undefined when there was no sequencer to compare with. */
  readonly chain: ChainReport | undefined;
}

/** A role that lies further back is not waited for. */
const LAG_HEIGHTS_MAX = 64;

/**
 * Replays the log from its beginning, believing nobody, and compares the state root with what every role says at one
 * common height. A role that differs makes the report, not an error.
 *
 * @throws DSDN_DA_*, DSDN_STATE_*, DSDN_CHAIN_* when the log itself cannot be replayed
 */
export async function verifyState(options: VerifyStateOptions, deps: LogDeps): Promise<StateReport> {
  const { signal, roles } = options;
  const genesis = decodeGenesis(findBase64(options.genesis) ?? new Uint8Array(0));
  const newest = await Promise.all(roles.map(({ url }) => askRoot(url, undefined, signal)));
  const heights = newest.flatMap((answer) => ("height" in answer ? [answer.height] : []));
  const da = openLog(options.log, { genesis, readsProofs: options.readsProofs }, deps);
  await da.start(signal);
  try {
    const { height: head } = await da.head();
    const highest = Math.min(head, Math.max(0, ...heights));
    const height = Math.min(highest, ...heights.filter((other) => other >= highest - LAG_HEIGHTS_MAX));
    const log = logSourceOf(da);
    const stateRoot = await replayTo(height, { ...options, genesis }, log);
    const chain =
      options.chainRpcUrl === undefined
        ? undefined
        : await verifyChain(
            { genesis, toHeight: height, rpcUrl: options.chainRpcUrl, ...(signal === undefined ? {} : { signal }) },
            { log },
          );
    const verdicts = roles.map(async ({ name, url }, index): Promise<RoleVerdict> => {
      const first = newest[index];
      const own = first !== undefined && "height" in first ? first.height : null;
      if (own !== null && own < height) return { name, verdict: "behind", stateRoot: null, height: own, fault: null };
      const answer = own === null ? (first ?? { fault: "" }) : await askRoot(url, height, signal);
      if ("fault" in answer) return { name, verdict: "silent", stateRoot: null, height: own, fault: answer.fault };
      const verdict = answer.stateRoot === stateRoot ? "equal" : "differs";
      return { name, verdict, stateRoot: answer.stateRoot, height: own, fault: null };
    });
    return { network: networkIdOf(genesis), height, stateRoot, roles: await Promise.all(verdicts), chain };
  } finally {
    await da.stop();
  }
}

async function replayTo(
  height: number,
  options: Pick<VerifyStateOptions, "signal" | "onProgress"> & { readonly genesis: Genesis },
  log: ReturnType<typeof logSourceOf>,
): Promise<string> {
  const { genesis, signal, onProgress } = options;
  const replica = createReplica({ genesis }, { log });
  const stopWatching = replica.onHeight((applied) => onProgress?.(Math.min(applied.height, height), height));
  await replica.start(signal);
  try {
    await replica.waitFor((state) => state.height >= height, signal);
    return toHex(replica.rootAt(height) ?? new Uint8Array(0));
  } finally {
    stopWatching();
    await replica.stop();
  }
}
