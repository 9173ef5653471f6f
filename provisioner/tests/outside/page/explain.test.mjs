// The page of `provision dev`, with what a program of the developer's own has sent: what each message was taken for, only
// where that is asked for, and the setting that helps.

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
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

for (const [locale, summary, count] of [
  ["en-US", "What the messages were taken for", "6 messages, 4 not understood"],
  ["ja-JP", "メッセージの解釈", "メッセージ 6 件、解釈できないもの 4 件"],
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
      all.map((row) => [...row.children].slice(0, 3).map((part) => part.textContent)));
    assert.deepEqual(rows.map(([numbers, vocabulary]) => `${numbers} ${vocabulary}`), ["1–2 own", "3–5 unknown", "6 unknown"]);
    assert.equal(rows[0][2], "text");
    assert.match(rows[1][2], /^data, unknown: no member/);
    assert.equal(await page.getByTestId("explain-setting").textContent(), "answer:\n  text: /payload/say");
    assert.deepEqual(asked.map(({ explain }) => explain), [undefined, true]);
    assert.deepEqual(complaints, []);
  });
}
