import { type DsdnError, fail } from "../../base/index.ts";
import { packagerErrors } from "../errors.ts";

/** Languages whose programs run once they are compiled, and how that is done; nothing of it is run here. */
const LANGUAGES: readonly { readonly language: string; readonly sources: RegExp; readonly command: string }[] = [
  { language: "Go", sources: /\.go$/, command: "GOOS=wasip1 GOARCH=wasm go build -o main.wasm ." },
  { language: "C", sources: /\.c$/, command: "clang --target=wasm32-wasi -O2 -o main.wasm *.c" },
  { language: "C++", sources: /\.(cc|cpp|cxx)$/, command: "clang++ --target=wasm32-wasi -O2 -o main.wasm *.cpp" },
  { language: "Zig", sources: /\.zig$/, command: "zig build-exe -target wasm32-wasi -O ReleaseSmall main.zig" },
];

/** Why nothing of these files can be deployed: sources that were not compiled, or nothing that is known. */
export function explainNothing(path: string, names: readonly string[]): DsdnError {
  const found = LANGUAGES.find(({ sources }) => names.some((name) => sources.test(name)));
  if (found === undefined) return fail(packagerErrors.notRecognised, { path });
  const { language, command } = found;
  return fail(packagerErrors.notCompiled, { path, language, command });
}
