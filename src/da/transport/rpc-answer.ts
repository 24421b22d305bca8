import { badAnswer, readObject } from "../json-shape.ts";
import type { RpcAnswer } from "./transport.ts";

/** The JSON-RPC answer in a parsed body. @throws DSDN_DA_BAD_ANSWER */
export function readRpcAnswer(value: unknown, method: string): RpcAnswer {
  const json = readObject(value, method);
  const error = json["error"];
  if (typeof error === "object" && error !== null) {
    const fields = readObject(error, method);
    const code = typeof fields["code"] === "number" ? fields["code"] : 1;
    return { error: { code, message: String(fields["message"] ?? "no reason given").slice(0, 2000) } };
  }
  if (!("result" in json)) throw badAnswer(method, "it holds neither a result nor an error");
  return { result: json["result"] };
}
