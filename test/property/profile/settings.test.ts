import fc from "fast-check";
import { expect, test } from "vitest";
import {
  chooseDestination,
  resolveSettings,
  type SettingSources,
  settingLevels,
} from "../../../src/profile/settings.ts";
import { isKeptValue, keptKeys, settingChoices } from "../../../src/profile/user-config.ts";

const name = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,6}[a-z0-9])?$/);
const maybe = <V>(value: fc.Arbitrary<V>) => fc.option(value, { nil: undefined });
const url = fc.webUrl({ validSchemes: ["https"] }).map((text) => new URL(text).origin);
const word = { lang: fc.constantFrom(...settingChoices.lang), store: fc.constantFrom(...settingChoices.store) };
const verbosity = fc.constantFrom(...settingChoices.verbosity);

const sources: fc.Arbitrary<SettingSources> = fc.record({
  flags: fc.record({
    network: maybe(name),
    ingress: maybe(url),
    lang: maybe(word.lang),
    verbosity: maybe(verbosity),
    json: maybe(fc.constant("on")),
  }),
  env: fc.record({
    DSDN_NETWORK: maybe(fc.oneof(name, fc.constant(""))),
    DSDN_INGRESS_ENDPOINT: maybe(fc.oneof(url, fc.constant(""))),
    DSDN_LANG: maybe(fc.oneof(word.lang, fc.constant(""))),
    DSDN_HOME: maybe(fc.constant("/home/of-mine")),
    DSDN_TOKEN_FILE: maybe(fc.constant("/run/token")),
    LANG: maybe(fc.constantFrom("id_ID.UTF-8", "C.UTF-8")),
  }),
  project: maybe(name.map((network) => ({ network, place: ".dsdn:1" }))),
  user: fc.record({
    settings: fc
      .record({ network: maybe(name), lang: maybe(word.lang), store: maybe(word.store), verbosity: maybe(verbosity) })
      .map((kept) => Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined))),
    path: fc.constant("/home/config.json"),
  }),
});

/** What each level says of each setting, written down apart from the code that asks them. */
function listLevels(key: string, { flags, env, project, user }: SettingSources): readonly (string | undefined)[] {
  const { settings } = user;
  const locale = /^id/.test(env["LANG"] ?? "") ? "id" : "en";
  switch (key) {
    case "network":
      return [flags["network"], env["DSDN_NETWORK"], project?.network, settings.network, "devnet"];
    case "ingress":
      return [flags["ingress"], env["DSDN_INGRESS_ENDPOINT"], undefined, undefined, undefined];
    case "token-file":
      return [undefined, env["DSDN_TOKEN_FILE"], undefined, undefined, undefined];
    case "lang":
      return [flags["lang"], env["DSDN_LANG"], undefined, settings.lang, locale];
    case "verbosity":
      return [flags["verbosity"], undefined, undefined, settings.verbosity, "0"];
    case "json":
      return [flags["json"], undefined, undefined, undefined, "off"];
    case "store":
      return [undefined, undefined, undefined, settings.store, "keychain"];
    default:
      return [];
  }
}

const strongest = (said: readonly (string | undefined)[]) =>
  said.findIndex((value) => value !== undefined && value !== "");

test("of every setting the strongest level that says something decides, and the weaker ones are told after it", () => {
  fc.assert(
    fc.property(sources, (given) => {
      for (const key of ["network", "ingress", "token-file", "lang", "verbosity", "json", "store"]) {
        const levels = listLevels(key, given);
        const at = strongest(levels);
        const setting = resolveSettings(given).find((found) => found.key === key);
        expect(setting?.value).toBe(at === -1 ? null : levels[at]);
        expect(setting?.level).toBe(at === -1 ? "default" : settingLevels[at]);
        const said = levels.flatMap((value, level) => (value ? [[settingLevels[level], value]] : []));
        expect(setting?.said.map(({ level, value }) => [level, value])).toEqual(said);
      }
    }),
  );
});

test("a project or a user's setting never moves a command away from an address a flag or a variable gave", () => {
  fc.assert(
    fc.property(sources, (given) => {
      const { network, ingress } = chooseDestination(given);
      const [flag, variable] = listLevels("ingress", given);
      const named = strongest(listLevels("network", given));
      const address = flag ?? (variable || undefined);
      const isOverruled = flag === undefined && named === 0;
      expect(ingress?.url).toBe(isOverruled ? undefined : address);
      if (ingress !== undefined) expect(["flag", "environment", undefined]).toContain(network?.level);
      if (ingress?.level === "flag") expect([undefined, given.flags["network"]]).toContain(network?.name);
    }),
  );
});

test("without an address there is always a network to go to", () => {
  fc.assert(
    fc.property(sources, (given) => {
      const { network, ingress } = chooseDestination(given);
      expect(network !== undefined || ingress !== undefined).toBe(true);
      if (ingress === undefined) {
        const levels = listLevels("network", given);
        expect(network?.name).toBe(levels[strongest(levels)]);
      }
    }),
  );
});

test("what can be kept takes only the words it knows", () => {
  fc.assert(
    fc.property(fc.constantFrom(...keptKeys.filter((key) => key !== "network")), fc.string(), (key, value) => {
      expect(isKeptValue(key, value)).toBe((settingChoices[key as "lang"] as readonly string[]).includes(value));
    }),
  );
});
