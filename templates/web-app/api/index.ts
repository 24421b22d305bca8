// Answers every address for which there is no file in public/. It runs without Node.js: Request, Response, URL and
// the other web standards are here, files and sockets are not.

const greetings: Record<string, (name: string) => string> = {
  en: (name) => `Hello, ${name}!`,
  id: (name) => `Halo, ${name}!`,
};
const strangers: Record<string, string> = { en: "stranger", id: "kawan" };

function hello(url: URL): Response {
  const language = url.searchParams.get("language") === "id" ? "id" : "en";
  const name = (url.searchParams.get("name") ?? "").trim().slice(0, 60) || strangers[language];
  return Response.json({ greeting: greetings[language](name), language });
}

export default {
  fetch(request: Request): Response {
    const url = new URL(request.url);
    if (url.pathname === "/api/hello" && request.method === "GET") return hello(url);
    return Response.json({ error: `Nothing answers ${request.method} ${url.pathname} here.` }, { status: 404 });
  },
};
