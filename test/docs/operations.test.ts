import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { listSources, root } from "../../scripts/rooms.ts";

const read = (path: string) => readFileSync(join(root, path), "utf8");

describe.each(["en", "id"])("operating-a-role (%s)", (language) => {
  const page = read(`docs/${language}/guides/operating-a-role.md`);

  test("names every metric of the roles and no other", () => {
    const served = listSources("src/roles").flatMap((file) => [...file.text.matchAll(/"(dsdn_[a-z_]+)"/g)]);
    const shown = [...page.matchAll(/\b(dsdn_[a-z_]+)\b/g)];
    const names = (matches: RegExpMatchArray[]) => [...new Set(matches.map((match) => match[1]))].sort();
    expect(names(shown)).toEqual(names(served));
  });

  test("names every environment variable a role reads", () => {
    const source = read("src/roles/config.ts");
    const variables = [...source.matchAll(/^ {2}([A-Z][A-Z_]+): \[/gm)].map((match) => match[1] ?? "");
    expect(variables.length).toBeGreaterThan(5);
    expect([...variables, "DA_AUTH_TOKEN"].filter((name) => !page.includes(name))).toEqual([]);
  });

  test("names every setting of dsdn.toml", () => {
    const source = read("src/roles/config.ts");
    const schema = source.slice(source.indexOf("configSchema = "), source.indexOf("export type RoleConfig"));
    const names: string[] = [];
    let table = "";
    for (const line of schema.split("\n")) {
      const [, indent = "", name = "", value = ""] = /^( {2,6})([a-z_]+): ?(.*)$/.exec(line) ?? [];
      const inline = /strictObject\(\{ ([a-z_]+):/.exec(value)?.[1];
      if (indent.length === 2) table = name;
      if (inline !== undefined) names.push(`${name}.${inline}`);
      else if (indent.length === 6) names.push(`${table}.${name}`);
      else if (indent.length === 2 && value !== "z" && value !== "") names.push(name);
    }
    expect(names.length).toBeGreaterThan(20);
    expect(names.filter((name) => !page.includes(name))).toEqual([]);
  });
});
