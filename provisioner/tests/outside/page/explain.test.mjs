// The page of `provision dev`, with what a program of the developer's own has sent: what each message was taken for, only
// where that is asked for and in the browser's language, and the setting that helps.

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { en } from "../../../../templates/page/words/en.js";
import { ja } from "../../../../templates/page/words/ja.js";
import { explainedWords } from "../support/explained_words.mjs";
import { bootstrap, startDev } from "../support/local_aws.mjs";

const { CHROMIUM = "/usr/bin/chromium" } = process.env;
const SENT = [
  { text: "川" }, { text: "です" }, ...["a", "b", "c"].map((piece) => ({ payload: { say: piece } })), { type: "progress", n: 1 },
];

let browser, dev, directory;

before(async () => {
  directory = await mkdtemp(join(tmpdir(), "sent-"));
  const sent = join(directory, "sent.sse");
  await writeFile(sent, SENT.map((message) => `data: ${JSON.stringify(message)}\n\n`).join(""));
  dev = await startDev("--json", "--page-port", "0", "--binary", bootstrap, "--agent", `file:${sent}`);
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--headless", "--no-sandbox", "--disable-gpu"] });
});

after(async () => {
  await browser?.close();
  await dev?.stop();
  await rm(directory, { recursive: true });
});

test("every word that the function explains with is in both languages", () => {
  const told = explainedWords();
  for (const { explained } of [en, ja]) {
    const words = Object.entries(explained).map(([kind, table]) => [kind, Object.keys(table).sort()]);
    assert.deepEqual(Object.fromEntries(words), told);
  }
});

const NO_ANSWER = "no member that is known to hold an answer has text";
const OTHER_TYPE = "a type, an event, a status or the like in it says that it is no answer";
for (const [locale, summary, count, expected] of [
  ["en-US", "What the messages were taken for", "6 messages, 4 not understood", [
    ["1–2", "own", "text", "event stream"],
    ["3–5", "unknown", `data, not understood: ${NO_ANSWER}`, "event stream"],
    ["6", "unknown", `data, not understood: ${OTHER_TYPE}`, "event stream"],
  ]],
  ["ja-JP", "メッセージの解釈", "メッセージ 6 件、解釈できないもの 4 件", [
    ["1–2", "独自の形式", "テキスト", "イベントストリーム"],
    ["3–5", "不明", `データ、解釈不能：${ja.explained.reason[NO_ANSWER]}`, "イベントストリーム"],
    ["6", "不明", `データ、解釈不能：${ja.explained.reason[OTHER_TYPE]}`, "イベントストリーム"],
  ]],
]) {
  test(`messages are explained while the list is open: ${locale}`, { timeout: 120_000 }, async () => {
    const page = await (await browser.newContext({ locale })).newPage();
    const complaints = [];
    page.on("pageerror", (error) => complaints.push(error.message));
    const asked = [];
    page.on("request", (request) => request.method() === "POST" && asked.push(request.postDataJSON()));
    const ask = async () => {
      await page.getByTestId("question").fill("?");
      await page.getByTestId("ask").click();
      await page.waitForFunction(() => document.querySelector('[data-testid="run"]').dataset.phase === "done");
    };
    await page.goto(dev.pageUrl);
    await page.getByTestId("agent").first().waitFor();

    await ask();
    assert.equal(await page.getByTestId("explain-count").textContent(), "");
    await page.getByText(summary, { exact: true }).click();
    await ask();

    await page.getByText(count).waitFor();
    const rows = await page.getByTestId("explain-rows").locator("li").evaluateAll((all) =>
      all.map((row) => [...row.children].map((part) => part.textContent.split(/ · |\n/)[0])));
    assert.deepEqual(rows, expected);
    assert.equal(await page.getByTestId("explain-setting").textContent(), "answer:\n  text: /payload/say");
    assert.deepEqual(asked.map(({ explain }) => explain), [undefined, true]);
    assert.deepEqual(complaints, []);
  });
}
