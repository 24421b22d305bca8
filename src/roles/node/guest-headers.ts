import type { HttpRequest, HttpResponse } from "../../base/index.ts";
import { WORKLOAD_HEADER, type WorkloadId } from "../../protocol/index.ts";

/** The text of a header that stands once; empty when there is none. */
export function headerOf(request: HttpRequest, name: string): string {
  const value = request.headers[name];
  return typeof value === "string" ? value : "";
}

/** Every header as one line: repeated ones joined. @source RFC 9110 section 5.2 */
export function singleHeaders(request: HttpRequest): Record<string, string> {
  const entries = Object.entries(request.headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : value] as const],
  );
  return Object.fromEntries(entries);
}

/** Repeated fields are kept apart: two cookies are two fields. */
export function toHeaders(fields: readonly (readonly [string, string])[]): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of fields) {
    const known = headers[name.toLowerCase()];
    headers[name.toLowerCase()] = known === undefined ? value : [...(Array.isArray(known) ? known : [known]), value];
  }
  return headers;
}

/** The answer of a workload, which says whose it is, whatever the workload says. */
export function withWorkload(answer: HttpResponse, id: WorkloadId): HttpResponse {
  if (answer.headers?.[WORKLOAD_HEADER] === id) return answer;
  return { ...answer, headers: { ...answer.headers, [WORKLOAD_HEADER]: id } };
}
