import { expect, test } from "vitest";
import { isEndpointUrl } from "../../../src/state/endpoints.ts";

test.each([
  "http://127.0.0.1:45832",
  "https://node-1.example.org",
  "http://localhost:1/path?x=1",
  "http://[::1]:8080/",
  "HTTPS://NODE",
])("%s is an address the log accepts", (url) => {
  expect(isEndpointUrl(url)).toBe(true);
});

test.each([
  "",
  "ftp://host",
  "javascript:alert(1)",
  "http://",
  "http://user@host",
  "http://user:pass@host",
  "http://host:0",
  "http://host:65536",
  "http://host:123456",
  "http://host/a b",
  "http://host\n",
  "http://host/\u0000",
  "http://hőst",
  "http://host\\@other",
  "http://host#@other",
  "http://ho..st",
  "http://-host",
  "//host",
  "http://host?x",
])("%j is none", (url) => {
  expect(isEndpointUrl(url)).toBe(false);
});
