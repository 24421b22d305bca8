/** What the client uses of `node:path`, for the paths of a page's memory; the bundle for browsers puts it in its place. */
export function join(...parts: readonly string[]): string {
  const names: string[] = [];
  for (const name of parts.join("/").split("/")) {
    if (name === "..") names.pop();
    else if (name !== "" && name !== ".") names.push(name);
  }
  return `/${names.join("/")}`;
}

export const resolve = join;

export function dirname(path: string): string {
  return join(path, "..");
}

export function basename(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

export function isAbsolute(path: string): boolean {
  return path.startsWith("/");
}
