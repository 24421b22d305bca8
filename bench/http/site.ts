/** 1,024 bytes that every server of the comparison answers with. */
export const pageText = `<!doctype html><title>bench</title>${"hot ".repeat(247)}\n`;

/** A program that answers with the same bytes. */
export const handlerSource = `const text = ${JSON.stringify(pageText)};
export default { fetch() { return new Response(text, { headers: { "content-type": "text/html; charset=utf-8" } }); } };
`;
