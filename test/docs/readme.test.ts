import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../../scripts/rooms.ts";
import { dsdn, listFiles, makeFolder } from "../cli/script.ts";

// The tour of the README as a new user types it, in order, in an empty folder with some photos.
const tour = [...readFileSync(join(root, "README.md"), "utf8").matchAll(/^npx dsdn (.+)$/gm)].map((match) =>
  (match[1] ?? "").split(/\s+/),
);

test("every command of the README works in the order it is shown", async () => {
  const folder = await makeFolder();
  const env = { DSDN_HOME: join(folder, "home"), CI: "1" };
  await mkdir(join(folder, "photos", "2026"), { recursive: true });
  await writeFile(join(folder, "photos", "2026", "garden.jpg"), "not really a photo");
  const failed: string[] = [];
  let isCorrupt = false;
  try {
    await walk();
  } finally {
    await dsdn(["dev", "stop"], { folder, env });
  }
  expect(failed).toEqual([]);
  expect(await listFiles(join(folder, "photos-again"))).toEqual({ "2026/garden.jpg": "not really a photo" });

  async function walk() {
    for (const words of tour) {
      const { exitCode, stdout, stderr } = await dsdn(words, { folder, env });
      const expected = isCorrupt && words[0] === "verify" ? exitCode >= 40 && exitCode < 50 : exitCode === 0;
      if (!expected) failed.push(`${words.join(" ")}: exit ${exitCode}\n${stdout}${stderr}`);
      isCorrupt ||= words.includes("corrupt");
    }
  }
});
