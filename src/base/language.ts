import type { Language } from "./error-spec.ts";

/**
 * The language to speak: the flag, then DSDN_LANG, then the locale (LC_ALL, LC_MESSAGES, LANG); English otherwise.
 *
 * @param asked - value of `--lang`, if any; already one of the two languages.
 */
export function pickLanguage(
  asked: string | undefined,
  env: { readonly [name: string]: string | undefined },
): Language {
  const locale = env["LC_ALL"] || env["LC_MESSAGES"] || env["LANG"];
  const wish = asked || env["DSDN_LANG"] || locale || "en";
  return /^(id|in)([_.@-]|$)/i.test(wish) ? "id" : "en";
}
