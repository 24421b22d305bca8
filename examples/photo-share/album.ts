// Shares an album with a few people for a few days:
//   node album.ts add <folder> <album>                   store the photos, encrypted, without their place and time
//   node album.ts share <album> <person> [--days 3]      a link for one person, shown once
//   node album.ts people                                 who has a link, and until when
//   node album.ts end <person>                           end their links now
import { parseArgs } from "node:util";
import { type Client, connect } from "dsdn";
import { readPhotos } from "./photos.ts";

const USAGE = "node album.ts add <folder> <album> | share <album> <person> [--days 3] | people | end <person>";
const DAY_MS = 24 * 3_600_000;
/** Who has which link, kept like any private file: only this account reads it. A link's id opens nothing. */
const PEOPLE = "album-people";

type People = Record<string, string>;

async function readPeople({ storage }: Client): Promise<People> {
  const isThere = (await storage.list()).some(({ name }) => name === PEOPLE);
  return isThere ? (JSON.parse(Buffer.from(await storage.getBytes(PEOPLE)).toString("utf8")) as People) : {};
}

async function add(client: Client, folder: string, album: string): Promise<void> {
  const files = await readPhotos(folder, (line) => console.error(line));
  if (files.length === 0) throw new Error(`There is no photo in ${folder}.`);
  const { files: count, sizeBytes } = await client.storage.upload({ files }, { name: album });
  console.log(`${album}: ${count} photos, ${sizeBytes} bytes`);
}

async function share(client: Client, album: string, person: string, days: number): Promise<void> {
  const made = await client.storage.share(album, { lifeMs: days * DAY_MS });
  const people = { ...(await readPeople(client)), [made.link]: person };
  await client.storage
    .uploadBytes(Buffer.from(JSON.stringify(people)), PEOPLE)
    .encrypted()
    .named(PEOPLE);
  console.error(`For ${person}, until ${new Date(made.expiresMs).toISOString()}. It is shown once:`);
  console.log(made.url);
}

async function listPeople(client: Client): Promise<void> {
  const people = await readPeople(client);
  for (const { link, reference, expiresMs, state } of await client.links.list()) {
    const who = people[link] ?? "somebody";
    console.log([who, reference ?? "-", state, new Date(expiresMs).toISOString()].join("\t"));
  }
}

async function end(client: Client, person: string): Promise<void> {
  const people = await readPeople(client);
  const theirs = (await client.links.list()).filter(({ link, state }) => people[link] === person && state === "open");
  for (const { link, reference } of theirs) {
    await client.links.revoke(link);
    console.log(`${person} no longer opens ${reference ?? "it"}`);
  }
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { days: { type: "string", default: "3" } },
});
const [verb, first, second] = positionals;
const days = Number(values.days);

/** The work that was asked for; undefined when it was not said whole. */
function chooseWork(): ((client: Client) => Promise<void>) | undefined {
  if (verb === "people") return listPeople;
  if (verb === "end" && first !== undefined) return (client) => end(client, first);
  if (first === undefined || second === undefined || !(days > 0)) return undefined;
  if (verb === "add") return (client) => add(client, first, second);
  return verb === "share" ? (client) => share(client, first, second, days) : undefined;
}

const work = chooseWork();
if (work === undefined) {
  console.error(USAGE);
  process.exitCode = 2;
} else {
  await work(await connect(process.env["DSDN_INGRESS_ENDPOINT"] || "devnet"));
}
