import { ask, Refusal, readBody } from "./api.ts";

/** One role of a devnet, as its control port tells of it. */
export interface DevnetRole {
  readonly name: string;
  readonly kind: string;
  readonly zone: string | null;
  /** Null for the data-availability node, of which the network's own status tells. */
  readonly status: "running" | "stopped" | "partitioned" | "slow" | null;
  readonly url: string;
  /** What can be played on it. */
  readonly faults: readonly string[];
}

/** The control port of a devnet, open for this page alone. */
export interface Control {
  roles(): Promise<readonly DevnetRole[]>;
  fault(kind: string, role: string): Promise<readonly DevnetRole[]>;
  heal(): Promise<readonly DevnetRole[]>;
  /** What shows the workload's node that its owner reads, for some minutes; undefined when the page may not. @throws Refusal when nobody answers */
  findLogRequest(workload: string, owner: string): Promise<string | undefined>;
}

/** Roles start again within this. */
const FAULT_MS = 60_000;

/** Address and one-time code in the fragment that `dsdn dashboard` wrote; undefined when there are none. */
export function findInvitation(hash: string): { readonly url: string; readonly code: string } | undefined {
  const [, port = "", code = ""] = /^#control=(\d{1,5})&code=([\w-]{16,64})$/.exec(hash) ?? [];
  return code === "" ? undefined : { url: `http://127.0.0.1:${port}`, code };
}

/** Exchanges the code for a token. The token stays in this page's memory and ends with it. @throws Refusal */
export async function openControl({ url, code }: { readonly url: string; readonly code: string }): Promise<Control> {
  const { token } = await readBody<{ readonly token: string }>(await post(`${url}/dashboard/session`, { code }, ""));
  const rolesOf = async (response: Promise<Response>) =>
    (await readBody<{ readonly roles: readonly DevnetRole[] }>(await response)).roles;
  return {
    roles: () => rolesOf(post(`${url}/dashboard/roles`, {}, token)),
    fault: (kind, role) => rolesOf(post(`${url}/dashboard/faults`, { kind, role }, token)),
    heal: () => rolesOf(post(`${url}/dashboard/heal`, {}, token)),
    findLogRequest: async (workload, owner) => {
      try {
        const response = await post(`${url}/dashboard/log-requests`, { workload, owner }, token);
        return (await readBody<{ readonly request: string | null }>(response)).request ?? undefined;
      } catch (error) {
        if (error instanceof Refusal && error.code !== "") return undefined;
        throw error;
      }
    },
  };
}

function post(url: string, body: unknown, token: string): Promise<Response> {
  const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
  return ask(url, { method: "POST", headers, body: JSON.stringify(body) }, FAULT_MS);
}
