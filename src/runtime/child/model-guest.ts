import type { GuestFailure } from "./frames.ts";
import type { GuestEngine, GuestOutcome } from "./guest.ts";
import { readInputs, type TensorValue, UnfitInput, type ValueFacts, writeOutput } from "./model-values.ts";

/** What the parent's half says: see `model-runtime.ts`. */
interface ModelSettings {
  /** Address of ONNX Runtime's module, inside the folder this process may read. */
  readonly engineUrl: string;
}

/** What of ONNX Runtime is used here. */
interface OnnxRuntime {
  readonly env: { logLevel: string; readonly wasm: { numThreads: number; proxy: boolean; wasmBinary: Uint8Array } };
  readonly Tensor: new (type: string, data: ArrayLike<unknown>, dims: readonly number[]) => TensorValue;
  readonly InferenceSession: { create(model: Uint8Array, options: unknown): Promise<Session> };
}

interface Session {
  readonly inputMetadata: readonly ValueFacts[];
  readonly outputMetadata: readonly ValueFacts[];
  run(inputs: Record<string, TensorValue>): Promise<Record<string, TensorValue>>;
}

interface Answer {
  readonly status: number;
  readonly json: unknown;
  readonly allow?: string;
}

const DESCRIPTION_PATHS = ["/", "/model"];
const PREDICTION_PATHS = ["/", "/predict"];

/** A model on ONNX Runtime's WASM, one thread; the part `engine` holds its bytes. A model holds no code of its own. */
export const startModelGuest: GuestEngine = async ({ settings, parts, code, limits }) => {
  const { engineUrl } = settings as ModelSettings;
  const ort = (await import(engineUrl)) as OnnxRuntime;
  Object.assign(ort.env.wasm, { numThreads: 1, proxy: false, wasmBinary: parts.get("engine") });
  // Warnings would go to the console, which is the pipe to the parent.
  ort.env.logLevel = "fatal";
  let session: Session | undefined;
  return {
    isSpent: false,
    async load() {
      try {
        session = await ort.InferenceSession.create(code, { executionProviders: ["wasm"], logSeverityLevel: 4 });
        return { type: "ready" };
      } catch (error) {
        return failure("bundle", `the model is refused: ${messageOf(error)}`, true);
      }
    },
    async call(meta, body) {
      const { method, url } = meta as { method: string; url: string };
      if (session === undefined) return failure("crashed", "no model", true);
      try {
        const answer = await respond(session, ort, { method, path: URL.parse(url)?.pathname ?? "/", body });
        return toResponse(answer, limits.outputBytes);
      } catch (error) {
        if (error instanceof UnfitInput)
          return toResponse({ status: 400, json: { error: error.message } }, limits.outputBytes);
        const isMemory =
          error instanceof RangeError || /out of memory|bad_alloc|failed to allocate/i.test(messageOf(error));
        return failure(isMemory ? "memory" : "threw", messageOf(error), true);
      }
    },
    run: async () => failure("entry", "a model serves, it does not run once", true),
  };
};

async function respond(
  session: Session,
  ort: OnnxRuntime,
  request: { readonly method: string; readonly path: string; readonly body: Uint8Array },
): Promise<Answer> {
  const { method, path, body } = request;
  const [describes, predicts] = [DESCRIPTION_PATHS.includes(path), PREDICTION_PATHS.includes(path)];
  if (describes && (method === "GET" || method === "HEAD")) return { status: 200, json: describe(session) };
  if (predicts && method === "POST") return { status: 200, json: await predict(session, ort, body) };
  if (!describes && !predicts) {
    return { status: 404, json: { error: "GET /model describes the model, POST /predict asks it" } };
  }
  const allow = [...(describes ? ["GET", "HEAD"] : []), ...(predicts ? ["POST"] : [])].join(", ");
  return { status: 405, json: { error: `${path} takes ${allow}` }, allow };
}

function describe({ inputMetadata, outputMetadata }: Session): unknown {
  const facts = ({ name, type, shape }: ValueFacts) => ({ name, type, shape });
  return { inputs: inputMetadata.map(facts), outputs: outputMetadata.map(facts) };
}

async function predict(session: Session, ort: OnnxRuntime, body: Uint8Array): Promise<unknown> {
  const inputs = readInputs(parse(body), session.inputMetadata);
  const tensors = [...inputs].map(([name, { type, data, dims }]) => [name, new ort.Tensor(type, data, dims)] as const);
  let outputs: Record<string, TensorValue>;
  try {
    outputs = await session.run(Object.fromEntries(tensors));
  } catch (error) {
    // What fits the described shapes and is refused all the same depends on the values: dimensions that must agree.
    if (/invalid|shape|dimension|got:|expected/i.test(messageOf(error))) throw new UnfitInput(messageOf(error));
    throw error;
  }
  return { outputs: Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, writeOutput(tensor)])) };
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body)) as unknown;
  } catch {
    throw new UnfitInput('the body is not JSON; send {"inputs": {"name": {"shape": [1, 2], "data": [0, 1]}}}');
  }
}

function toResponse({ status, json, allow }: Answer, outputBytes: number): GuestOutcome {
  const body = new TextEncoder().encode(`${JSON.stringify(json)}\n`);
  if (body.length > outputBytes) return failure("output", "over the limit of output", false);
  const headers = [["content-type", "application/json"], ...(allow === undefined ? [] : [["allow", allow]])];
  return { type: "response", meta: JSON.stringify({ status, headers }), body };
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 400);
}

function failure(reason: GuestFailure["reason"], message: string, isFatal: boolean): GuestOutcome {
  return { type: "failed", failure: { reason, message, isFatal } };
}
