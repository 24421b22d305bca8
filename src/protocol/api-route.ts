import type * as z from "zod";

/** One operation of an ingress's HTTP interface, as data. */
export interface ApiRoute<D extends z.ZodType = z.ZodType, B extends z.ZodType = z.ZodType> {
  readonly method: "GET" | "PUT" | "POST";
  readonly path: string;
  /** What it returns, for OpenAPI. */
  readonly about: string;
  readonly query?: readonly string[];
  /** JSON body. A route without one that is not GET takes raw bytes. */
  readonly body?: B;
  readonly details: D;
  /** Default 1 MiB. */
  readonly maxBodyBytes?: number;
}

/** The same, with the types of its parts kept. */
export function route<D extends z.ZodType, B extends z.ZodType = z.ZodType>(spec: ApiRoute<D, B>): ApiRoute<D, B> {
  return spec;
}
