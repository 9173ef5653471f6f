// The words with which the function explains what it took a message for, read from its source.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "./failure_codes.mjs";

const SPEECH = join(repository, "function/src/agent/speech");
const source = (name) => readFileSync(join(SPEECH, name), "utf8");
const all = (text, pattern) => [...text.matchAll(pattern)].map((found) => found[1]);

/** The texts in a function of a file. */
function textsIn(file, name) {
  const [, body] = source(file).match(new RegExp(`\\bfn ${name}\\b[\\s\\S]*?\\{\\n([\\s\\S]*?)\\n {0,4}\\}\\n`));
  return all(body, /"([^"]+)"/g);
}

/** By their kinds: the tables of the page's words. */
export function explainedWords() {
  const files = readdirSync(SPEECH).filter((name) => name.endsWith(".rs") && name !== "tests.rs").map(source).join("\n");
  const unread = all(files, /Heard::Unread\("([^"]+)"\)/g);
  const leftOut = all(source("explain.rs"), /Some\("([^"]+)"\)/g);
  const vocabularies = [...all(files, /(?:Read|Self)::(?:only|new)\(\s*"([^"]+)"/g), ...all(files, /vocabulary: "([^"]+)"/g), "interrupts"];
  const kinds = {
    framing: [...textsIn("framing.rs", "name"), ...all(source("explain.rs"), /=> "(between events)"/g)],
    vocabulary: vocabularies,
    what: textsIn("explain.rs", "meaning"),
    reason: [...unread, ...leftOut, ...textsIn("own.rs", "why_unknown").filter((text) => text.includes(" "))],
  };
  return Object.fromEntries(Object.entries(kinds).map(([kind, words]) => [kind, [...new Set(words)].sort()]));
}
