// The generated modules of src/lib/magi, and the words of src/app/council, as Node can load them.

import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generate } from "./generated.mjs";

/**
 * Made with these settings in gateway.yaml. Takes the types away, which `next build` checks; `load("./sse.js")` gives a
 * module, `remove` cleans up.
 */
export async function magiModules(settings = "") {
  const ts = createRequire(import.meta.url)("typescript");
  const directory = await mkdtemp(join(tmpdir(), "magi-modules-"));
  await writeFile(join(directory, "gateway.yaml"), settings);
  const { code, said } = await generate("nextjs", "--out", directory, "--config", join(directory, "gateway.yaml"));
  if (code !== 0) throw new Error(`generate failed:\n${said}`);
  await writeFile(join(directory, "package.json"), '{"type":"commonjs"}');
  for (const source of ["src/lib/magi", "src/app/council"].map((below) => join(directory, below))) {
    for (const name of (await readdir(source)).filter((name) => name.endsWith(".ts"))) {
      const { outputText } = ts.transpileModule(await readFile(join(source, name), "utf8"), {
        compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
      });
      await writeFile(join(directory, name.replace(/ts$/, "js")), outputText);
    }
  }
  return { load: createRequire(`${directory}/`), remove: () => rm(directory, { recursive: true }) };
}
