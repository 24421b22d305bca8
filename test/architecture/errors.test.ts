import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { listErrors } from "../../scripts/list-errors.ts";
import { listSources, root } from "../../scripts/rooms.ts";

const errors = await listErrors((path) => import(pathToFileURL(join(root, path)).href));

describe("the errors of all rooms", () => {
  test("each code is used once and carries its room's name", () => {
    const codes = errors.map(({ spec }) => spec.code);
    expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
    const misnamed = errors.filter(({ room, spec }) => {
      const names = [room, ...room.split("/")].map((name) => name.replaceAll(/[/-]/g, "_").toUpperCase());
      return !names.some((name) => spec.code.startsWith(`DSDN_${name}_`));
    });
    expect(misnamed.map(({ room, spec }) => `${room}: ${spec.code}`)).toEqual([]);
  });

  test("each exit code lies in a documented range and agrees with its kind", () => {
    const isDocumented = (exit: number) => [1, 2, 3, 130].includes(exit) || (exit >= 10 && exit <= 49);
    const wrong = errors.filter(({ spec }) => !isDocumented(spec.exit) || (spec.kind === "bug") !== (spec.exit === 1));
    expect(wrong.map(({ spec }) => `${spec.code}: ${spec.kind} ${spec.exit}`)).toEqual([]);
  });

  test("each speaks both languages, ends its sentences and shares its slots", () => {
    const slots = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort().join();
    const wrong = errors.filter(({ spec: { text } }) => {
      const all = [text.en, text.enHint, text.id, text.idHint];
      return (
        all.some((part) => part.length < 5 || !/[.?!…}]$/.test(part)) ||
        text.en === text.id ||
        slots(text.en + text.enHint) !== slots(text.id + text.idHint)
      );
    });
    expect(wrong.map(({ spec }) => spec.code)).toEqual([]);
  });

  test("each is thrown somewhere", () => {
    const all = listSources("src")
      .filter((file) => !file.path.endsWith("/errors.ts"))
      .map((file) => file.text)
      .join("\n");
    expect(
      errors.filter(({ name }) => !new RegExp(`\\.${name}\\b`).test(all)).map(({ room, name }) => `${room}: ${name}`),
    ).toEqual([]);
  });
});
