// Every failure code that the function can send, read from what the function says of itself; and the rules for the
// sentences that people see for a code.

import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const repository = fileURLToPath(new URL("../../../../", import.meta.url));

/** The codes of `error` events: the table of the README, which a test of the function holds to its source. */
export function streamCodes() {
  const heading = "| `error` | retry? |";
  const readme = readFileSync(join(repository, "function/README.md"), "utf8");
  const [, table] = readme.slice(readme.indexOf(heading)).match(/^\|.*\n\|.*\n((?:\|.*\n)+)/);
  return table.trim().split("\n").map((row) => row.match(/^\| `(\w+)` \|/)[1]);
}

/** The codes with which a request is refused before any stream: beside a status, or chosen by serde's category. */
export function refusalCodes() {
  const source = sources(join(repository, "function/src")).join("\n");
  const found = [...source.matchAll(/\b[45]\d\d,\s*"(\w+)"/g), ...source.matchAll(/=> "(invalid_(?:request|json))"/g)];
  return [...new Set(found.map(([, code]) => code))];
}

/** The text of every Rust file below, without tests. */
function sources(directory) {
  return readdirSync(directory).filter((name) => !/^tests?(\.rs)?$/.test(name)).flatMap((name) => {
    const path = join(directory, name);
    if (statSync(path).isDirectory()) return sources(path);
    return name.endsWith(".rs") ? [readFileSync(path, "utf8").split("#[cfg(test)]\nmod tests {")[0]] : [];
  });
}

/** Both languages have the same keys and the same places for values, and no text is empty. */
export function assertSameWords(en, ja, path = "") {
  assert.deepEqual(Object.keys(ja).sort(), Object.keys(en).sort(), path);
  for (const key of Object.keys(en)) {
    const [one, other] = [en[key], ja[key]];
    assert.equal(typeof other, typeof one, `${path}${key}`);
    if (typeof one === "object") {
      assertSameWords(one, other, `${path}${key}.`);
    } else if (typeof one === "string") {
      assert.notEqual(one, "", `${path}${key}`);
      assert.notEqual(other, "", `${path}${key}`);
      const places = (text) => (text.match(/\{\d\}/g) ?? []).sort();
      assert.deepEqual(places(other), places(one), `${path}${key}`);
      assert.doesNotMatch(other, /[()%?!,:]$|[ぁ-んァ-ヶ一-龠][(),:?!]/, `${path}${key}: full-width punctuation`);
    }
  }
}

/** Every code is told in both languages: what happened, and what to do next. */
export function assertTold(failures, codes) {
  for (const code of codes) {
    for (const [language, words] of Object.entries(failures)) {
      assert.ok(Object.hasOwn(words, code), `\`${code}\` has no words in ${language}`);
    }
  }
  for (const [code, text] of Object.entries(failures.ja)) {
    const sentences = text.split("。");
    assert.equal(sentences.pop(), "", `${code} ends with a full stop: ${text}`);
    assert.equal(sentences.length, 2, `${code}: ${text}`);
    const [happened, next] = sentences;
    assert.match(happened, /(ます|ません|ました|でした|です)$/, code);
    assert.match(next, /ください$/, code);
  }
  for (const [code, text] of Object.entries(failures.en)) {
    assert.ok(text.split(/[.](?: |$)/).filter(Boolean).length >= 2, `${code}: ${text}`);
  }
  for (const words of Object.values(failures)) assert.notEqual(words.quota_exceeded, words.throttled);
  // A quota is not refilled by waiting, so nobody is told to ask again.
  assert.doesNotMatch(failures.ja.quota_exceeded, /再試行|少し待って|数秒/);
  assert.doesNotMatch(failures.en.quota_exceeded, /ask again|wait a/i);
}
