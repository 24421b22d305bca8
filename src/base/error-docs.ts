import type { Language } from "./error-spec.ts";

/** Where an error is explained, relative to the project's documentation. The only place that knows. */
export function docsOfError(code: string, language: Language): string {
  const [, room = ""] = code.toLowerCase().split("_");
  return `docs/${language}/troubleshooting/${room}.md#${code.toLowerCase()}`;
}
