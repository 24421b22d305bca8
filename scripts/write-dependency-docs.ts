// Writes docs/*/dependencies.md from package.json, the bundle and the reasons; test/docs/dependencies.test.ts compares.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { developmentReasons, runtimeReasons } from "./dependency-reasons.ts";
import { root } from "./rooms.ts";

interface PackageJson {
  readonly dependencies: { readonly [name: string]: string };
  readonly optionalDependencies: { readonly [name: string]: string };
  readonly devDependencies: { readonly [name: string]: string };
}

const words = {
  en: {
    title: "# Dependencies",
    about: (direct: number, outside: number) =>
      `The program uses ${direct} packages directly. Their code is inside the one bundle of the published package, except ${outside} that carry native code or WASM files and are installed beside it. Versions are exact; the lockfile holds every digest.`,
    runtime: "## What the program runs with",
    outside: "## What is installed beside the bundle",
    outsideAbout:
      "An installation of the published package brings these, with the packages they need themselves. None but esbuild has an install script, and the program works when that one does not run.",
    development: "## What a checkout needs besides",
    node: "The `node-*` packages put a Node.js 24 into `node_modules/.bin` of a checkout; the published package does not name them.",
    head: ["package", "version", "reason"],
  },
  id: {
    title: "# Dependensi",
    about: (direct: number, outside: number) =>
      `Program ini memakai ${direct} paket secara langsung. Kodenya berada di dalam satu bundel paket terbitan, kecuali ${outside} yang membawa kode native atau berkas WASM dan dipasang di sampingnya. Versinya pasti; lockfile menyimpan semua digest.`,
    runtime: "## Yang dipakai program",
    outside: "## Yang dipasang di samping bundel",
    outsideAbout:
      "Pemasangan paket terbitan membawa ini, beserta paket yang mereka perlukan sendiri. Selain esbuild tidak ada yang punya skrip pemasangan, dan program tetap bekerja bila skrip itu tidak dijalankan.",
    development: "## Yang juga diperlukan checkout",
    node: "Paket `node-*` menaruh Node.js 24 ke `node_modules/.bin` sebuah checkout; paket terbitan tidak menyebutnya.",
    head: ["paket", "versi", "alasan"],
  },
} as const;

/** The page in one language. @param outside - the packages that stay outside the bundle. */
export function writeDependencies(language: "en" | "id", outside: readonly string[]): string {
  const own = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as PackageJson;
  const word = words[language];
  const runtime = Object.entries({ ...own.dependencies, ...own.optionalDependencies }).filter(
    ([name]) => !name.startsWith("node-"),
  );
  const table = (rows: readonly (readonly [string, string])[]) => [
    `| ${word.head.join(" | ")} |`,
    "| --- | --- | --- |",
    ...rows
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .map(([name, version]) => {
        const reason = runtimeReasons[name] ?? developmentReasons[name];
        if (reason === undefined) throw new Error(`dependency-reasons.ts does not say why ${name} is here`);
        return `| ${name} | ${version} | ${reason[language]} |`;
      }),
  ];
  return [
    word.title,
    "",
    word.about(runtime.length, outside.length),
    "",
    word.runtime,
    "",
    ...table(runtime),
    "",
    word.outside,
    "",
    word.outsideAbout,
    "",
    ...outside.toSorted().map((name) => `- ${name}`),
    "",
    word.development,
    "",
    word.node,
    "",
    ...table(Object.entries(own.devDependencies)),
    "",
  ].join("\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { externalPackages } = await import("./build.ts");
  for (const language of ["en", "id"] as const) {
    writeFileSync(join(root, "docs", language, "dependencies.md"), writeDependencies(language, externalPackages));
  }
}
