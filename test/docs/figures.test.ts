import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "../../scripts/rooms.ts";

const read = (path: string) => readFileSync(join(root, path), "utf8");

interface Row {
  readonly figure: string;
  readonly goal: string;
  readonly benchmark: string;
}

/** The table of figures of a page, its numbers with a point whatever the language writes. */
function rowsOf(language: string): readonly Row[] {
  const lines = read(`docs/${language}/performance.md`).matchAll(
    /^\|[^|]+\| ([^|]+) \|[^|]+\| ([^|]+) \| `bench\/(.+)` \|$/gm,
  );
  return [...lines].map(([, figure = "", goal = "", benchmark = ""]) => ({
    figure: figure.replaceAll(",", "."),
    goal: goal.replaceAll(",", "."),
    benchmark,
  }));
}

const numbers = (text: string) => (text.match(/\d+(?:\.\d+)?/g) ?? []).map(Number);

describe("the figures of the page about performance", () => {
  test("each name the benchmark that gives them", () => {
    const page = read("docs/en/performance.md");
    const figures = page.slice(page.indexOf("| what | figure |")).split("\n\n")[0]?.split("\n").slice(2) ?? [];
    expect(figures.length).toBeGreaterThan(10);
    expect(rowsOf("en")).toHaveLength(figures.length);
    expect(rowsOf("en").filter(({ benchmark }) => !existsSync(join(root, "bench", benchmark, "run.ts")))).toEqual([]);
  });

  test("are the same in both languages", () => {
    const facts = (language: string) =>
      rowsOf(language).map(({ figure, goal, benchmark }) => [numbers(figure), numbers(goal), benchmark]);
    expect(facts("id")).toEqual(facts("en"));
  });

  test("keep the goals beside them", () => {
    const missed = rowsOf("en").filter(({ figure, goal }) => {
      const [bound] = numbers(goal);
      const unit = (text: string) => (/\bms\b/.test(text) ? 1 / 1000 : 1);
      const values = numbers(figure).map((value) => value * unit(figure));
      if (bound === undefined) return false;
      return values.some((value) => (goal.startsWith("at least") ? value < bound : value > bound * unit(goal)));
    });
    expect(missed).toEqual([]);
  });

  test("have the goals of the benchmarks", () => {
    const goals = (name: string) =>
      [...read(`bench/${name}/run.ts`).matchAll(/(?:goal|least): ([\d.]+)/g)].map(([, value]) => Number(value));
    const shown = rowsOf("en").filter(({ benchmark }) => ["devnet", "cli", "http"].includes(benchmark));
    const bounds = shown.flatMap(({ goal, benchmark }) => numbers(goal).map((value) => ({ benchmark, value })));
    expect(bounds.length).toBeGreaterThan(5);
    expect(bounds.filter(({ benchmark, value }) => !goals(benchmark).includes(value))).toEqual([]);
  });
});
