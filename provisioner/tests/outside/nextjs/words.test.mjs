// The words of the generated page: both languages say the same, and have a sentence for every failure there is.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { assertSameWords, assertTold, refusalCodes, repository, streamCodes } from "../support/failure_codes.mjs";
import { magiModules } from "./modules.mjs";

let modules;
let words;

before(async () => {
  modules = await magiModules();
  words = modules.load("./words.js");
});

after(() => modules.remove());

/** The codes that the app's own route and client give. */
function ownCodes() {
  const directory = join(repository, "templates/nextjs/src/lib/magi");
  const text = readdirSync(directory).map((name) => readFileSync(join(directory, name), "utf8")).join("\n");
  const found = text.matchAll(/(?:failure\(|refusal\(\d+, |new GatewayError\(\s*|code: )"(\w+)"/g);
  return [...new Set([...found].map(([, code]) => code))];
}

test("English and Japanese have the same words", () => {
  assertSameWords(words.en, words.ja);
  assert.equal(words.ja.done("1.5", 2), "完了（1.5 秒、2 トークン）");
});

test("every failure, the function's and the app's own, is told in both languages", () => {
  const own = ownCodes();
  for (const code of ["unreachable", "truncated", "gateway_refused", "app_failed"]) assert.ok(own.includes(code), code);
  assertTold({ en: words.en.failures, ja: words.ja.failures }, [...streamCodes(), ...refusalCodes(), ...own]);
});
