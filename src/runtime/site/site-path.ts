/**
 * The package path a request path asks for: segments joined by `/`, decoded once and normalised to NFC; empty for the
 * root. Undefined when the path is unfit: bad percent-encoding, an encoded slash, a backslash, a control character, an
 * empty, `.` or `..` segment. A trailing slash is kept, because it decides between a file and a folder.
 *
 * @param requestPath - the path of a URL before `?`, beginning with `/`, not decoded.
 */
export function findSitePath(requestPath: string): string | undefined {
  if (!requestPath.startsWith("/")) return undefined;
  const segments = requestPath.slice(1).split("/");
  const hasSlash = segments.at(-1) === "";
  if (hasSlash) segments.pop();
  const decoded: string[] = [];
  for (const segment of segments) {
    const name = decodeSegment(segment);
    if (name === undefined) return undefined;
    decoded.push(name);
  }
  const path = decoded.join("/");
  return hasSlash && path !== "" ? `${path}/` : path;
}

function decodeSegment(segment: string): string | undefined {
  let name: string;
  try {
    name = decodeURIComponent(segment).normalize("NFC");
  } catch {
    return undefined;
  }
  if (name === "" || name === "." || name === "..") return undefined;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  return /[/\\\u0000-\u001f\u007f]/.test(name) ? undefined : name;
}
