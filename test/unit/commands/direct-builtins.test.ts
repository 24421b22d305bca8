import { expect, test } from "vitest";
import { directBuiltins } from "../../../scripts/direct-builtins.ts";

test.each([
  [
    'import{readFileSync as r,existsSync}from"node:fs";r();',
    'const {readFileSync:r,existsSync}=process.getBuiltinModule("node:fs");r();',
  ],
  ['a();import*as fs from"node:fs/promises";', 'const fs=process.getBuiltinModule("node:fs/promises");a();'],
  [
    'import tty,{isatty}from"node:tty";import os from"node:os";',
    'const tty=process.getBuiltinModule("node:tty"),{isatty}=process.getBuiltinModule("node:tty"),os=process.getBuiltinModule("node:os");',
  ],
  [
    'import{a}from"./chunk.js";const text=\'import { a } from "node:fs";\';',
    'import{a}from"./chunk.js";const text=\'import { a } from "node:fs";\';',
  ],
])("imports of node: modules become reads of the names they list: %s", (text, direct) => {
  expect(directBuiltins(text)).toBe(direct);
});
