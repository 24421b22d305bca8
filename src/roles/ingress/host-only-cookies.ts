import type { HttpResponse } from "../../base/index.ts";

const DOMAIN_ATTRIBUTE = /;\s*domain\s*=[^;]*/gi;

/**
 * The answer with every cookie kept to the host that set it: all deployments share a parent domain, and a cookie of
 * that domain would be sent to all of them. @source RFC 6265 section 4.1.2.3
 */
export function withHostOnlyCookies(answer: HttpResponse): HttpResponse {
  const cookies = answer.headers?.["set-cookie"];
  if (cookies === undefined) return answer;
  const lines = typeof cookies === "object" ? cookies : [String(cookies)];
  return {
    ...answer,
    headers: { ...answer.headers, "set-cookie": lines.map((line) => line.replace(DOMAIN_ATTRIBUTE, "")) },
  };
}
