// A program that throws at `GET /` is deployed all the same; whoever deploys it is told, and whoever visits it is answered.
import { expect, test } from "vitest";
import { useNetwork, visit } from "./network.ts";

const { run, summary, write } = useNetwork();

test("a first version whose program throws answers with its fault, and the deploy says so at once", async () => {
  await write({ "bad/src/index.ts": "export default { fetch: () => { throw new Error('word'); } };" });
  const { exitCode, stderr } = await run(["deploy", "bad", "--lang", "en"]);
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("HTTP status 500") });
  const { deployment } = (await summary(["status", "bad"])) as { deployment: { url: string } };
  const answer = await visit(deployment.url);
  expect(answer).toMatchObject({ status: 500, text: expect.stringContaining("word") });
  expect(JSON.parse(answer.text)).toMatchObject({ code: "DSDN_RUNTIME_GUEST_THREW" });
  const { stdout } = await run(["logs", "bad"]);
  expect(stdout).toMatch(/GET \/ 500/);
});

test("what a program with secrets throws stays in its log", async () => {
  const code =
    "export default { fetch: (request, env) => { if (env.KEY) throw new Error(env.KEY); return new Response('no key'); } };";
  await write({ "shy/src/index.ts": code, "key.txt": "s3cret" });
  expect(await summary(["deploy", "shy"])).toMatchObject({ answerStatus: 200 });
  await write({ "shy/src/index.ts": code.replace("if (env.KEY)", "if (env.KEY && !request.url.endsWith('/'))") });
  await summary(["deploy", "shy"]);
  await summary(["secrets", "put", "shy", "KEY", "--file", "key.txt"]);
  const { deployment } = (await summary(["status", "shy"])) as { deployment: { url: string } };
  const answer = await visit(deployment.url, "other");
  expect(answer.status).toBe(500);
  expect(answer.text).not.toContain("s3cret");
  expect((await run(["logs", "shy"])).stdout).toContain("s3cret");
});
