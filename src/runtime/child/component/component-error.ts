/**
 * The error case of a `result`: the glue hands `payload` to the component as the value of its `err`.
 */
export class ComponentError extends Error {
  readonly payload: unknown;

  constructor(payload: unknown) {
    super("a result's error");
    this.payload = payload;
  }
}

/** A case of a variant, as the glue reads and makes it. */
export interface Case<Tag extends string = string> {
  readonly tag: Tag;
  readonly val?: unknown;
}
