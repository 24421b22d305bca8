import type { HttpRequest } from "../../base/index.ts";
import { queryNumber } from "../surface/index.ts";

const MAX_ROWS = 1000;

/**
 * One page of a list in the order of its ids: the rows after the query's `after`, as many as its `limit` says (100
 * unless said, 1000 at most). `next` is what to ask after for the next page; null when there is none.
 */
export function pageOf<Row, Id extends string>(
  request: HttpRequest,
  rows: readonly Row[],
  idOf: (row: Row) => Id,
): { readonly page: readonly Row[]; readonly next: Id | null } {
  const limit = Math.max(1, queryNumber(request, "limit", 100, MAX_ROWS));
  const after = request.query.get("after") ?? "";
  const left = rows.filter((row) => idOf(row) > after).toSorted((one, other) => (idOf(one) < idOf(other) ? -1 : 1));
  const page = left.slice(0, limit);
  const last = page.at(-1);
  return { page, next: left.length > limit && last !== undefined ? idOf(last) : null };
}
