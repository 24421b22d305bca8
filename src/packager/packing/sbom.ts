import { join } from "node:path";
import { type FileTree, toHex, toUtf8 } from "../../base/index.ts";
import { readJsonFile } from "../read-text.ts";
import type { PackageFile } from "./package-file.ts";

interface Component {
  readonly name: string;
  readonly version: string;
  readonly licence: string | undefined;
}

/**
 * The bill of materials of a package: a CycloneDX 1.6 document that lists every npm package whose code was bundled.
 * The same package gives the same bytes: it carries no time, no serial number and no path of this machine.
 *
 * @param inputs - bundled files below `root`; empty for a site without a program.
 * @param program - the bundle, or undefined.
 * @source CycloneDX 1.6 JSON (ECMA-424); purl: package-url specification, type npm
 */
export async function makeSbom(
  options: { readonly root: string; readonly inputs: readonly string[]; readonly program: PackageFile | undefined },
  tree: FileTree,
): Promise<Uint8Array> {
  const folders = [...new Set(options.inputs.map(packageFolder).filter((folder) => folder !== undefined))];
  const components = new Map<string, object>();
  for (const folder of folders) {
    const found = describe(await readComponent(join(options.root, folder), tree), folder);
    components.set(found["bom-ref"], found);
  }
  const { program } = options;
  const hashes = program === undefined ? {} : { hashes: [{ alg: "SHA-256", content: toHex(program.hash) }] };
  const document = {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: { component: { type: "application", "bom-ref": "package", name: "package", ...hashes } },
    components: [...components].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, component]) => component),
  };
  return toUtf8(`${JSON.stringify(document, undefined, 2)}\n`);
}

/** The folder of the npm package a bundled file belongs to: below the last `node_modules`. */
function packageFolder(input: string): string | undefined {
  return /^((?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
}

async function readComponent(folder: string, tree: FileTree): Promise<Component | undefined> {
  const json = await readJsonFile(join(folder, "package.json"), tree);
  const { name, version, license } = json;
  if (typeof name !== "string" || typeof version !== "string") return undefined;
  return { name, version, licence: typeof license === "string" ? license : undefined };
}

function describe(component: Component | undefined, folder: string) {
  const name = component?.name ?? folder.slice(folder.lastIndexOf("node_modules/") + "node_modules/".length);
  const version = component?.version ?? "unknown";
  const purl = `pkg:npm/${name.split("/").map(encodeURIComponent).join("/")}@${encodeURIComponent(version)}`;
  const licence = component?.licence;
  return {
    type: "library",
    "bom-ref": purl,
    name,
    version,
    purl,
    ...(licence === undefined ? {} : { licenses: [describeLicence(licence)] }),
  };
}

/** An SPDX expression as such; anything else is only a name. */
function describeLicence(licence: string): object {
  const isExpression = /^[A-Za-z0-9.+-]+( (AND|OR|WITH) [A-Za-z0-9.+-]+)*$/.test(licence.replace(/[()]/g, ""));
  return isExpression ? { expression: licence } : { license: { name: licence.slice(0, 200) } };
}
