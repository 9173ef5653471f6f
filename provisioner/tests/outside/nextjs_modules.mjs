// The generated modules of src/lib/magi as Node can load them.

import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const SOURCE = new URL("../../../templates/nextjs/src/lib/magi/", import.meta.url);

/** Takes the types away, which `next build` checks; `load("./sse.js")` gives a module, `remove` cleans up. */
export async function magiModules() {
  const ts = createRequire(new URL("nextjs/", import.meta.url))("typescript");
  const directory = await mkdtemp(join(tmpdir(), "magi-modules-"));
  await writeFile(join(directory, "package.json"), '{"type":"commonjs"}');
  for (const name of await readdir(SOURCE)) {
    const { outputText } = ts.transpileModule(await readFile(new URL(name, SOURCE), "utf8"), {
      compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
    });
    await writeFile(join(directory, name.replace(/ts$/, "js")), outputText);
  }
  return { load: createRequire(`${directory}/`), remove: () => rm(directory, { recursive: true }) };
}
