/** True when `value` is an object that itself, not through its prototype, has the property. */
export function hasOwn<Name extends string>(value: unknown, name: Name): value is { readonly [N in Name]: unknown } {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name);
}
