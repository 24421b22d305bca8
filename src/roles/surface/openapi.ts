import type { Route } from "../../base/index.ts";
import { type ApiRoute, ingressApi, z } from "../../protocol/index.ts";

/** `GET /openapi.json`: the interface of an ingress as OpenAPI 3.1, made from the same description that validates it. */
export function openApiRoute(): Route {
  let document: unknown;
  return {
    method: "GET",
    path: "/openapi.json",
    handle: () => {
      document ??= openApiDocument();
      return { json: document };
    },
  };
}

function openApiDocument() {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [name, route] of Object.entries<ApiRoute>(ingressApi)) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(name, route) };
  }
  return { openapi: "3.1.0", info: { title: "DSDN ingress", version: "1" }, paths };
}

function operation(name: string, route: ApiRoute) {
  const pathNames = [...route.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "");
  const parameter = (where: "path" | "query") => (parameterName: string) => ({
    name: parameterName,
    in: where,
    required: where === "path",
    schema: { type: "string" },
  });
  const body = route.body === undefined ? { "application/octet-stream": {} } : jsonContent(schemaOf(route.body));
  return {
    operationId: name,
    summary: route.about,
    parameters: [...pathNames.map(parameter("path")), ...(route.query ?? []).map(parameter("query"))],
    ...(route.method === "GET" ? {} : { requestBody: { required: true, content: body } }),
    responses: {
      200: { description: "Done.", content: jsonContent(answerOf(schemaOf(route.details))) },
      default: {
        description: "problem+json with a DSDN code (RFC 9457).",
        content: { "application/problem+json": { schema: PROBLEM } },
      },
    },
  };
}

const words = { type: "string" } as const;

/** What every error is answered with; `facts` differ by code. */
const PROBLEM = {
  type: "object",
  required: [
    ...["type", "title", "status", "detail", "code", "kind", "retryable", "message", "hint"],
    ...["message_id", "message_en", "suggestion_id", "suggestion_en", "docs_link", "exitCode", "facts", "causes"],
  ],
  properties: {
    type: words,
    title: words,
    status: { type: "integer" },
    detail: words,
    code: { type: "string", pattern: "^DSDN_[A-Z0-9_]+$" },
    kind: { enum: ["user", "network", "peer", "bug"] },
    retryable: { type: "boolean" },
    message: words,
    hint: words,
    message_id: words,
    message_en: words,
    suggestion_id: words,
    suggestion_en: words,
    docs_link: words,
    exitCode: { type: "integer" },
    facts: { type: "object" },
    causes: {
      type: "array",
      items: { type: "object", required: ["code", "message"], properties: { code: words, message: words } },
    },
  },
} as const;

function schemaOf(schema: z.ZodType): unknown {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io: "output", unrepresentable: "any" });
  return rest;
}

function jsonContent(schema: unknown) {
  return { "application/json": { schema } };
}

function answerOf(details: unknown) {
  const properties = { summary: { type: "string" }, details, audit: { type: "object" } };
  return { type: "object", required: ["summary", "details", "audit"], properties };
}
