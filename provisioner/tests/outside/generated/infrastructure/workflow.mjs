// What GitHub's own validator, the one of its editors, says to workflows: tsx workflow.mjs FILE...
// Prints {FILE: ["LINE: message"]}. It knows the syntax, the expressions and what they refer to, but not the inputs of
// other people's actions, which it would have to fetch.

import { readFileSync } from "node:fs";
import { LogLevel, registerLogger, setLogLevel, validate } from "@actions/languageservice";
import { TextDocument } from "vscode-languageserver-textdocument";

// It logs its own failures and then finds nothing: here they are failures.
const fail = (message) => {
  throw new Error(message);
};
registerLogger({ error: (message) => process.nextTick(fail, message), warn() {}, info() {}, log() {} });
setLogLevel(LogLevel.Error);

const files = {};
for (const [at, file] of process.argv.slice(2).entries()) {
  // It takes a file for a workflow by its address, and remembers what it found at one.
  const address = `file:///.github/workflows/${at}.yml`;
  const document = TextDocument.create(address, "yaml", 0, readFileSync(file, "utf8"));
  const found = await validate(document);
  files[file] = found.map(({ range, message }) => `${range.start.line + 1}: ${message}`);
}
console.log(JSON.stringify(files));
