import { baseErrors, fail, type HttpRequest, type HttpResponse, type Route } from "../../base/index.ts";
import { type ApiAnswer, type ApiRoute, describeIssue, type z } from "../../protocol/index.ts";

/** What every role shares on its HTTP surface. */

/** `{summary, details, audit}` as every JSON answer of the network is shaped. */
export function answer<D>(summary: string, details: D, audit: Readonly<Record<string, unknown>> = {}): ApiAnswer<D> {
  return { summary, details, audit };
}

/**
 * A route that validates its JSON body by the interface description and answers in its shape. A route without a
 * described body is handed the request to read raw bytes from.
 */
export function serveApi<D extends z.ZodType, B extends z.ZodType>(
  route: ApiRoute<D, B>,
  handle: (request: HttpRequest, body: z.output<B>) => Promise<ApiAnswer<z.input<D>>> | ApiAnswer<z.input<D>>,
): Route {
  return {
    method: route.method,
    path: route.path,
    ...(route.maxBodyBytes === undefined ? {} : { maxBodyBytes: route.maxBodyBytes }),
    handle: async (request): Promise<HttpResponse> => {
      const body = route.body === undefined ? undefined : parseBody(route.body, await request.json());
      return { json: await handle(request, body as z.output<B>) };
    },
  };
}

function parseBody<B extends z.ZodType>(schema: B, value: unknown): z.output<B> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw fail(baseErrors.requestInvalid, { field: "the body", reason: describeIssue(parsed.error) });
}

/** A whole number of the query, or `fallback`; anything else is refused. */
export function queryNumber(request: HttpRequest, name: string, fallback: number, max: number): number {
  const text = request.query.get(name);
  if (text === null) return fallback;
  if (!/^\d{1,15}$/.test(text) || Number(text) > max) {
    throw fail(baseErrors.requestInvalid, { field: name, reason: `must be a whole number up to ${max}` });
  }
  return Number(text);
}

/** One sample of a role's metrics; the name ends in its unit. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly kind: "gauge" | "counter";
  readonly value: number;
  readonly labels?: { readonly [name: string]: string };
}

/**
 * `GET /metrics` in Prometheus text form. The client library is loaded at the first scrape, so that a role starts
 * without it.
 */
export function metricsRoutes(
  collect: () => readonly Metric[] | Promise<readonly Metric[]>,
  paths = ["/metrics"],
): Route[] {
  const handle = async (): Promise<HttpResponse> => {
    const { Counter, Gauge, Registry } = await import("prom-client");
    const registry = new Registry();
    for (const metric of await collect()) {
      const labels = metric.labels ?? {};
      const options = { name: metric.name, help: metric.help, labelNames: Object.keys(labels), registers: [registry] };
      const known = registry.getSingleMetric(metric.name) as InstanceType<typeof Gauge> | undefined;
      const meter = known ?? (metric.kind === "gauge" ? new Gauge(options) : new Counter(options));
      meter.inc(labels, metric.value);
    }
    return { body: await registry.metrics(), headers: { "content-type": registry.contentType } };
  };
  return paths.map((path) => ({ method: "GET", path, handle }));
}
