// The page of `provision dev` in a real browser: one asks, the council answers live, and failures are plain to see.
//
//   PAGE_URL=http://127.0.0.1:8787/KEY/ SCREENSHOTS=/tmp/shots node --test provisioner/tests/outside/page/page.test.mjs
//
// PAGE_URL     the page of a running `provision dev` with the scripted agents, as it prints it; required
// SCREENSHOTS  a directory for pictures of each stage; without it none are taken
// SAGE_GROWTH  how often a sage's text must grow at least, default 2. An agent that hands over its collaborators'
//              answers whole can only reach 1
// CHROMIUM     the browser, default /usr/bin/chromium
//
// Needs playwright-core, in <repository>/.tools/node_modules or anywhere Node finds it from there.

import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { en } from "../../../../templates/page/words/en.js";
import { ja } from "../../../../templates/page/words/ja.js";
import { assertSameWords, assertTold, refusalCodes, streamCodes } from "../support/failure_codes.mjs";

const { PAGE_URL, SCREENSHOTS, CHROMIUM = "/usr/bin/chromium" } = process.env;
const SAGE_GROWTH = Number(process.env.SAGE_GROWTH ?? 2);
const JUDGE = "SOLOMON";
const SAGES = ["CASPAR", "BALTHASAR", "MELCHIOR"];
const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };
const ANSWER_MS = 120_000; // how long an answer may take: a limit for a hanging test, not a measurement
const options = { timeout: 300_000 };
const ELSEWHERE = "evil.example"; // another site's name, which it has made to lead to 127.0.0.1

let browser;

before(async () => {
  assert.ok(PAGE_URL, "PAGE_URL is not set: give the address of a running `provision dev`");
  const { chromium } = createRequire(new URL("../../../../.tools/", import.meta.url))("playwright-core");
  browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync",
      `--host-resolver-rules=MAP ${ELSEWHERE} 127.0.0.1`],
  });
  if (SCREENSHOTS) mkdirSync(SCREENSHOTS, { recursive: true });
});

after(() => browser?.close());

/** Runs `use` on a fresh page, and fails if that page complained or spoke to anybody but its own server. */
async function onPage({ viewport = DESKTOP, locale = "ja-JP", colorScheme = "light" }, use) {
  const context = await browser.newContext({ viewport, locale, colorScheme });
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(`console ${message.type()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => complaints.push(`uncaught: ${error.message}`));
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol !== "data:" && url.origin !== new URL(PAGE_URL).origin) complaints.push(`request to ${url}`);
  });
  await page.goto(PAGE_URL);
  await page.getByTestId("agent").first().waitFor();
  await use(page);
  assert.deepEqual(complaints, []);
  await context.close();
}

const picture = async (page, name, fullPage = false) => {
  if (SCREENSHOTS) await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage });
};
const ask = async (page, question) => {
  await page.getByTestId("question").fill(question);
  await page.getByTestId("ask").click();
};
const phase = (page, ...names) =>
  page.waitForFunction((wanted) => wanted.includes(document.querySelector('[data-testid="run"]').dataset.phase), names, {
    timeout: ANSWER_MS,
  });
const agentText = (page, name) => page.locator(`[data-agent="${name}"] [data-testid="agent-text"]`);
const hasText = (page, name) =>
  page.waitForFunction((agent) => document.querySelector(`[data-agent="${agent}"] [data-testid="agent-text"]`)?.textContent,
    name, { timeout: ANSWER_MS });
const sidewaysScroll = (page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** Counts, from now on, how often each agent's text became longer. */
async function countGrowth(page) {
  await page.evaluate(() => {
    const lengths = {};
    window.growth = {};
    const look = () => {
      for (const panel of document.querySelectorAll("[data-agent]")) {
        const { agent } = panel.dataset;
        const { length } = panel.querySelector('[data-testid="agent-text"]').textContent;
        if (length > (lengths[agent] ?? 0)) window.growth[agent] = (window.growth[agent] ?? 0) + 1;
        lengths[agent] = length;
      }
    };
    new MutationObserver(look).observe(document.querySelector('[data-testid="council"]'), {
      childList: true, characterData: true, subtree: true,
    });
  });
  return () => page.evaluate(() => window.growth);
}

test("English and Japanese have the same words, and a sentence for every failure", () => {
  assertSameWords(en, ja);
  assertTold({ en: en.failures, ja: ja.failures }, [...streamCodes(), ...refusalCodes(), "gateway_unreachable"]);
});

for (const colorScheme of ["light", "dark"]) {
  test(`the council answers live (${colorScheme})`, options, () =>
    onPage({ colorScheme }, async (page) => {
      await picture(page, `desktop-${colorScheme}-1-ready`);
      const growth = await countGrowth(page);
      await ask(page, "今年、サーバーレスへ移行すべきか");
      await hasText(page, SAGES[0]);
      await picture(page, `desktop-${colorScheme}-2-sages`);
      await hasText(page, JUDGE);
      await picture(page, `desktop-${colorScheme}-3-judge`);
      await phase(page, "done", "failed", "cut");
      await page.getByTestId("events").locator("summary").click();
      await page.getByTestId("event-rows").locator("li").first().waitFor();
      await picture(page, `desktop-${colorScheme}-4-done`, true);

      assert.equal(await page.getByTestId("run").getAttribute("data-phase"), "done");
      const grew = await growth();
      assert.ok(grew[JUDGE] >= 2, `${JUDGE} grew ${grew[JUDGE]} times`);
      for (const sage of SAGES) assert.ok(grew[sage] >= SAGE_GROWTH, `${sage} grew ${grew[sage]} times`);
      for (const agent of [...SAGES, JUDGE]) {
        assert.equal(await page.locator(`[data-agent="${agent}"]`).getAttribute("data-state"), "done", agent);
      }
      for (const measured of ["first-byte", "first-text", "chunks", "bytes", "ran", "tokens", "elapsed"]) {
        assert.match(await page.getByTestId(measured).textContent(), /\d/, measured);
      }
      assert.equal(await page.getByTestId("notice").count(), 0);
    }));
}

test("the session is kept for the next question, until a new one is asked for", options, () =>
  onPage({}, async (page) => {
    const sent = [];
    page.on("request", (request) => request.url().endsWith("/ask") && sent.push(request.postDataJSON()));
    await ask(page, "!one-chunk");
    await phase(page, "done");
    const session = await page.getByTestId("session").getAttribute("title");
    await ask(page, "!one-chunk");
    await page.getByTestId("earlier").waitFor();
    await phase(page, "done");
    await page.getByTestId("new-session").click();
    await ask(page, "!one-chunk");
    await phase(page, "done");
    assert.deepEqual(sent.map(({ sessionId }) => sessionId), [undefined, session, undefined]);
    assert.ok(session.length > 0);
  }));

test("a failure in the middle is shown with its code and what to do, and the text so far stays", options, () =>
  onPage({}, async (page) => {
    await page.getByTestId("failures").click();
    await page.locator('[data-play="!throttled-midway"]').click();
    await phase(page, "failed", "done", "cut");
    await picture(page, "desktop-light-5-failed");
    const notice = page.locator('[data-testid="notice"][data-kind="failed"]');
    assert.match(await notice.textContent(), /throttl/i);
    assert.match(await notice.textContent(), /エージェントへのリクエストが多すぎます。数秒待ってから再試行し/);
    const texts = await page.getByTestId("agent-text").allTextContents();
    assert.ok(texts.join("").length > 0, "some text had arrived");
  }));

test("a stream without its end is a failure, not an answer", options, () =>
  onPage({ locale: "en-US" }, async (page) => {
    await page.route("**/ask", (route) =>
      route.fulfill({
        contentType: "text/event-stream; charset=utf-8",
        body: ': open\n\ndata: {"type":"chunk","content":"Half an ans","chunkNumber":1,"agent":"CASPAR"}\n\n',
      }));
    await ask(page, "Is this whole?");
    await phase(page, "cut", "done", "failed");
    assert.equal(await agentText(page, "CASPAR").textContent(), "Half an ans");
    assert.match(await page.locator('[data-testid="notice"][data-kind="cut"]').textContent(), /without its end event/);
    await picture(page, "desktop-light-6-cut");
  }));

test("agents that nobody configured get a column of their own, under the name they are introduced by", options, () =>
  onPage({}, async (page) => {
    const chunk = (agent) => `data: ${JSON.stringify({ type: "chunk", content: `${agent} speaks`, agent })}\n\n`;
    await page.route("**/ask", (route) =>
      route.fulfill({
        contentType: "text/event-stream",
        body: `data: {"type":"agent","agent":"DANIEL","name":"ダニエル"}\n\n${chunk("DEBORAH")}${chunk("DANIEL")}`
          + `data: {"type":"complete","chunkCount":2}\n\n`,
      }));
    await ask(page, "Who else?");
    await phase(page, "done");
    assert.equal(await agentText(page, "DEBORAH").textContent(), "DEBORAH speaks");
    assert.equal(await agentText(page, "DANIEL").textContent(), "DANIEL speaks");
    const daniel = page.locator('[data-agent="DANIEL"]');
    assert.equal(await daniel.locator(".name").textContent(), "ダニエル");
  }));

/** Answers the page's next question with these events. */
const answering = (page, ...events) => page.route("**/ask", (route) => route.fulfill({
  contentType: "text/event-stream; charset=utf-8",
  body: events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(""),
}));
const namesIn = (page, row) => page.locator(`#${row} [data-agent]`).evaluateAll((all) => all.map((one) => one.dataset.agent));
const roles = async (page) => (await page.locator(".panel .role").allTextContents()).filter(Boolean);

test("nobody is called a judge where no roles are configured", options, () =>
  onPage({}, async (page) => {
    await ask(page, ja.questions[0]);
    await phase(page, "done");
    assert.deepEqual(await roles(page), []);
    assert.deepEqual(await namesIn(page, "beside"), SAGES);
    assert.deepEqual(await namesIn(page, "below"), [JUDGE], "the agent that was asked has the last word");
    await picture(page, "desktop-light-7-no-roles", true);
  }));

test("configured roles are shown, and the judge stands below the others whoever was asked", options, () =>
  onPage({}, async (page) => {
    const introduced = [["SOLOMON", "chair"], ["CASPAR", "judge"], ["MELCHIOR", "sage"]]
      .map(([agent, role]) => ({ type: "agent", agent, name: agent, role }));
    await answering(page, ...introduced, { type: "chunk", agent: "CASPAR", content: "裁定です。" }, { type: "complete", chunkCount: 1 });
    for (const question of ["誰が裁くのか", "もう一問"]) {
      await ask(page, question);
      await phase(page, "done");
      assert.deepEqual(await namesIn(page, "below"), ["CASPAR"]);
      assert.deepEqual((await namesIn(page, "beside")).sort(), ["BALTHASAR", "MELCHIOR", "SOLOMON"]);
      assert.deepEqual((await roles(page)).sort(), ["chair", "裁定者", "賢者"]);
    }
    await picture(page, "desktop-light-8-roles", true);
  }));

for (const [locale, words] of [["ja-JP", ja], ["en-US", en], ["fr-FR", en]]) {
  test(`the page speaks the browser's language (${locale})`, options, () =>
    onPage({ locale }, async (page) => {
      assert.equal(await page.locator("html").getAttribute("lang"), words === ja ? "ja" : "en");
      assert.equal(await page.getByTestId("ask").textContent(), words.ask);
      await answering(page,
        { type: "agent", agent: "CASPAR", name: "カスパー", role: "judge" },
        { type: "chunk", agent: "CASPAR", content: "まず、チームの声を聞きます。" },
        { type: "error", error: "quota_exceeded", message: "a service quota of the agent's account is used up", retryable: false });
      await ask(page, "ソロモンは何と言うか");
      await phase(page, "failed");
      const said = await page.getByTestId("notice").textContent();
      assert.ok(said.includes(words.failures.quota_exceeded), said);
      assert.ok(!said.includes(words.retryable), said);
      await ask(page, "もう一問");
      await page.getByTestId("earlier").waitFor();
      await phase(page, "failed");
      assert.deepEqual(await page.evaluate(untoldJapanese), [], "kana outside of `lang`");
      const text = await agentText(page, "CASPAR").locator("p").evaluate((element) => {
        const { fontFamily, lineBreak } = getComputedStyle(element);
        return { fontFamily: fontFamily.split(",")[0], lineBreak };
      });
      assert.deepEqual(text, { fontFamily: '"Hiragino Sans"', lineBreak: "strict" });
      await picture(page, `desktop-${locale}-quota`, true);
    }));
}

/** Texts with kana of which nobody is told that they are Japanese. The raw events show bytes as they came. Runs in the page. */
function untoldJapanese() {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { data, parentElement } = walker.currentNode;
    const isTold = parentElement.closest("[lang]").lang === "ja";
    if (/[\u3040-\u30ff]/.test(data) && !isTold && !parentElement.closest("#rows, noscript, script")) found.push(data);
  }
  return found;
}

test("another site neither shows the page in a frame nor asks through it", options, async () => {
  const site = createServer((_, response) => {
    response.setHeader("content-type", "text/html");
    response.end(`<!doctype html><h1>elsewhere</h1><iframe src="${PAGE_URL}"></iframe>`);
  }).listen(0, "127.0.0.1");
  await once(site, "listening");
  const context = await browser.newContext();
  const page = await context.newPage();
  // It even knows the address, as from a photograph of the screen.
  await page.goto(`http://${ELSEWHERE}:${site.address().port}/`);
  assert.equal(await page.frames()[1].getByTestId("question").count(), 0, "in a frame");
  const url = new URL("ask", PAGE_URL).href;
  const asked = (mode, type) => page.evaluate(([url, mode, type]) => fetch(url, {
    method: "POST", mode, body: '{"question":"!one-chunk"}', headers: { "content-type": type },
  }).then(() => "answered", () => "kept back"), [url, mode, type]);
  assert.equal(await asked("no-cors", "text/plain"), "kept back", "what needs no permission");
  assert.equal(await asked("cors", "application/json"), "kept back", "what needs one");
  const rebound = new URL(PAGE_URL);
  rebound.hostname = ELSEWHERE;
  assert.equal((await page.goto(rebound.href)).status(), 403, "under its own name");
  await context.close();
  site.close();
});

test("Stop ends the answer", options, () =>
  onPage({}, async (page) => {
    await ask(page, "!stalls");
    await phase(page, "running");
    await page.getByTestId("stop").click();
    await phase(page, "stopped");
    await page.locator('[data-testid="notice"][data-kind="stopped"]').waitFor();
  }));

test("Ctrl+Enter asks, Enter and an input method's Enter do not", options, () =>
  onPage({}, async (page) => {
    let asked = 0;
    page.on("request", (request) => request.url().endsWith("/ask") && (asked += 1));
    const question = page.getByTestId("question");
    await question.fill("!one-chunk");
    await question.press("Enter");
    await question.dispatchEvent("keydown", { key: "Enter", ctrlKey: true, isComposing: true });
    await question.dispatchEvent("keydown", { key: "Enter", ctrlKey: true, keyCode: 229 });
    assert.equal(await page.getByTestId("run").getAttribute("data-phase"), "idle");
    await question.press("Control+Enter");
    await phase(page, "done");
    assert.equal(asked, 1);
  }));

for (const colorScheme of ["light", "dark"]) {
  test(`a phone never scrolls sideways (${colorScheme})`, options, () =>
    onPage({ viewport: PHONE, colorScheme }, async (page) => {
      await picture(page, `phone-${colorScheme}-1-ready`);
      assert.equal(await sidewaysScroll(page), 0, "ready");
      await ask(page, ja.questions[2]);
      await hasText(page, SAGES[0]);
      await picture(page, `phone-${colorScheme}-2-sages`);
      assert.equal(await sidewaysScroll(page), 0, "streaming");
      await phase(page, "done");
      await page.getByTestId("events").locator("summary").click();
      assert.equal(await sidewaysScroll(page), 0, "done, with the raw events");
      await picture(page, `phone-${colorScheme}-3-done`, true);
      await page.setViewportSize({ width: 360, height: 740 });
      assert.equal(await sidewaysScroll(page), 0, "360 pixels wide");
      await page.getByTestId("failures").click();
      assert.equal(await sidewaysScroll(page), 0, "with the failures open");
      await page.locator('[data-play="!throttled-midway"]').click();
      await phase(page, "failed");
      assert.equal(await sidewaysScroll(page), 0, "failed");
      await picture(page, `phone-${colorScheme}-4-failed`);
    }));
}
