/** The newest that has been run, of versions or runs newest first; the newest of all while none was. */
export function findLastRun<R extends { readonly status: string }>(rows: readonly R[]): R | undefined {
  return rows.find(({ status }) => status !== "held") ?? rows[0];
}
