// docs/<language>/api-reference/http.md: the interface of an ingress from its own description, and the routes of the roles.
import { globSync, readFileSync } from "node:fs";
import { join as joinPath } from "node:path";
import { type ApiRoute, ingressApi, z } from "../../src/protocol/index.ts";
import { root } from "../rooms.ts";
import { furtherRoutes, operationTexts, routeTexts } from "./http-texts.ts";
import { listMembers } from "./json-members.ts";
import { code, join, type Language, type Page, prose, table } from "./markdown.ts";

const words = {
  title: { en: "HTTP", id: "HTTP" },
  about: {
    en: "What an ingress and the other roles answer over HTTP. Every JSON answer of an ingress is `{summary, details, audit}`: a line for people, the facts, and what lets others check them. A failure is `application/problem+json` (RFC 9457) with a code of [troubleshooting](../troubleshooting/index.md). `GET /openapi.json` gives the first part of this page as OpenAPI 3.1.",
    id: "Yang dijawab ingress dan peran lain lewat HTTP. Setiap jawaban JSON ingress berbentuk `{summary, details, audit}`: satu baris untuk manusia, faktanya, dan yang memungkinkan orang lain memeriksanya. Kegagalan berbentuk `application/problem+json` (RFC 9457) dengan kode dari [pemecahan masalah](../troubleshooting/index.md). `GET /openapi.json` memberikan bagian pertama halaman ini sebagai OpenAPI 3.1.",
  },
  operations: { en: "Operations of an ingress", id: "Operasi ingress" },
  query: { en: "Query", id: "Kueri" },
  body: { en: "member of the body", id: "anggota isi permintaan" },
  bytes: { en: "The body is raw bytes.", id: "Isi permintaan berupa byte mentah." },
  answer: { en: "member of `details`", id: "anggota `details`" },
  type: { en: "type", id: "tipe" },
  most: { en: "At most", id: "Paling banyak" },
  route: { en: "route", id: "rute" },
  returns: { en: "returns", id: "jawaban" },
  roles: {
    surface: { en: "Routes of every role", id: "Rute semua peran" },
    ingress: { en: "Further routes of an ingress", id: "Rute lain sebuah ingress" },
    coordinator: { en: "Routes of a coordinator", id: "Rute koordinator" },
    node: { en: "Routes of a node", id: "Rute node" },
    validator: { en: "Routes of a validator", id: "Rute validator" },
    sequencer: { en: "Routes of a sequencer", id: "Rute sequencer" },
  },
} as const;

type Role = keyof typeof words.roles;

/** The page in one language. */
export function writeHttp(language: Language): Page[] {
  const operations = Object.entries<ApiRoute>(ingressApi);
  const subjects = Map.groupBy(operations, ([, { path }]) => path.split("/").slice(0, 3).join("/"));
  const text = join([
    `# ${words.title[language]}`,
    words.about[language],
    `## ${words.operations[language]}`,
    ...[...subjects]
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .flatMap(([, routes]) => routes.flatMap(([name, route]) => writeOperation(name, route, language))),
    ...listRoleRoutes().flatMap(([role, routes]) => [
      `## ${words.roles[role][language]}`,
      table(
        [words.route[language], words.returns[language]],
        routes.map((route) => [code(route), prose(routeTexts[route]?.[language] ?? "")]),
      ),
    ]),
  ]);
  return [{ path: "api-reference/http.md", text }];
}

/** Routes and operations that http-texts.ts says nothing of, and texts of routes that are no more. */
export function findUndescribed(): { missing: string[]; left: string[] } {
  const routes = listRoleRoutes().flatMap(([, found]) => found);
  const operations = Object.keys(ingressApi);
  return {
    missing: [
      ...operations.filter((name) => operationTexts[name] === undefined),
      ...routes.filter((route) => routeTexts[route] === undefined),
    ],
    left: [
      ...Object.keys(operationTexts).filter((name) => !operations.includes(name)),
      ...Object.keys(routeTexts).filter((route) => !routes.includes(route)),
    ],
  };
}

/** The routes of each role by its folder, from their declarations. */
function listRoleRoutes(): (readonly [Role, readonly string[]])[] {
  const roles = Object.keys(words.roles) as Role[];
  return roles.map((role) => {
    const texts = globSync(`src/roles/${role}/**/*.ts`, { cwd: root })
      .filter((path) => !path.endsWith(".generated.ts"))
      .toSorted()
      .map((path) => readFileSync(joinPath(root, path), "utf8"));
    const found = texts.flatMap((text) => [...text.matchAll(/method: "([A-Z]+)",\s*path: "([^"]+)"/g)]);
    const declared = found.map(([, method, path]) => `${method} ${path}`);
    return [role, [...new Set([...declared, ...(furtherRoutes[role] ?? [])])]] as const;
  });
}

function writeOperation(name: string, route: ApiRoute, language: Language): (string | readonly string[])[] {
  const { method, path, about, query, body, details, maxBodyBytes } = route;
  const text = language === "id" ? (operationTexts[name] ?? about) : about;
  const rows = (schema: z.ZodType, io: "input" | "output") =>
    listMembers(z.toJSONSchema(schema, { io, unrepresentable: "any" })).map((row) => [code(row.path), code(row.type)]);
  const limit = maxBodyBytes === undefined ? [] : [`${words.most[language]} ${maxBodyBytes / 1024 / 1024} MiB.`];
  const sent =
    body === undefined
      ? method === "GET"
        ? []
        : [[words.bytes[language], ...limit].join(" ")]
      : [...limit, table([words.body[language], words.type[language]], rows(body, "input"))];
  return [
    `### ${method} ${path}`,
    prose(text),
    ...(query === undefined ? [] : [`${words.query[language]}: ${query.map(code).join(", ")}.`]),
    ...sent,
    table([words.answer[language], words.type[language]], rows(details, "output")),
  ];
}
