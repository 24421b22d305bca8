/** Folders in which build tools keep nothing but files named by content or by build. @source the tools' documentation of hosting */
const FIXED_FOLDERS = /(?:^|\/)(?:_next\/static|_app\/immutable|_astro|_nuxt(?!\/builds\/))\//;
/** webpack, Parcel, mdBook, Hugo: eight digits and more of a hexadecimal hash. */
const HEXADECIMAL = /(?:^|[-._~])(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{8,64}(?=\.)/;
/** esbuild, Angular: eight characters of base32. */
const BASE32 = /(?:^|[-._])[A-Z2-7]{8}(?=\.)/;
/** Rollup, Rolldown, Vite: eight characters of base64url. */
const BASE64URL = /(?:^|[-._])([A-Za-z0-9_-]{8})(?=\.)/g;
/** A name that people gave, such as `Logo2024` or `my-image`, changes less often between kinds of characters. */
const LEAST_CHANGES = 3;

/**
 * True when the name says that other content would have another name, as build tools name what they write. A name that
 * only looks a little like it is not one: an old picture would be shown for a year.
 *
 * @param path - below the site's folder; a page is never fixed.
 */
export function hasFixedName(path: string): boolean {
  if (/\.html?$/i.test(path)) return false;
  if (FIXED_FOLDERS.test(path)) return true;
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (HEXADECIMAL.test(name) || BASE32.test(name)) return true;
  return [...name.matchAll(BASE64URL)].some(([, token = ""]) => countChanges(token) >= LEAST_CHANGES);
}

/** How often upper case, lower case and digits take turns. */
function countChanges(token: string): number {
  const kinds = [...token.replace(/[-_]/g, "")].map((sign) => (/\d/.test(sign) ? "digit" : /[A-Z]/.test(sign)));
  return kinds.filter((kind, index) => index > 0 && kind !== kinds[index - 1]).length;
}
