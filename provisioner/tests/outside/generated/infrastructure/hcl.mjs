// Reads Terraform files with HashiCorp's own parser and formatter: node hcl.mjs FILE...
// Prints {FILE: {"content": parsed, "formatted": text}}.

import { readFileSync } from "node:fs";
import { format } from "@cdktf/hcl-tools";
import { parse } from "@cdktf/hcl2json";

const files = {};
for (const file of process.argv.slice(2)) {
  const text = readFileSync(file, "utf8");
  files[file] = {
    content: await parse(file, text),
    formatted: await format(text),
  };
}
console.log(JSON.stringify(files));
