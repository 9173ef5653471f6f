// The generated app of a gateway that checks tokens (`auth: jwt`), by way of its own route; and how its page looks and
// sounds while the council is at work.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { handAgent } from "./agent_by_hand.mjs";
import { startIssuer } from "./issuer.mjs";
import { startDev } from "../support/local_aws.mjs";
import { buildApp, freePort, makeApp, startApp } from "./app.mjs";
import { magiModules } from "./modules.mjs";
import { askingIn, council, failure, launch, phase, picture, says, stubGateway } from "./page.mjs";
import { deploy } from "./url_functions.mjs";

const options = { timeout: 300_000 };

let dev;
let agent;
let stub;
let issuer;
let browser;
/** The app in front of the function, and in front of a server of the test's own. */
const apps = {};

before(async () => {
  [dev, agent, stub, issuer] = await Promise.all([
    startDev("--no-deploy", "--speed", "0"), handAgent(), stubGateway(), startIssuer(),
  ]);
  const [app, url] = await Promise.all([
    makeApp("jwt", "auth: jwt\njwt: {issuer: 'https://issuer.example', audience: [client-1]}\n"),
    deploy(dev, "tokens", { environment: { ...agent.environment, ...issuer.environment }, AuthType: "NONE" }),
  ]);
  await buildApp(app, {});
  [apps.gateway, apps.stub, browser] = await Promise.all([
    startApp(app, { BEDROCK_GATEWAY_LAMBDA_URL: url }, await freePort()),
    startApp(app, { BEDROCK_GATEWAY_LAMBDA_URL: stub.url }, await freePort()),
    launch(),
  ]);
}, options);

after(async () => {
  await browser?.close();
  for (const app of Object.values(apps)) await app.stop();
  stub?.close();
  agent?.close();
  issuer?.close();
  await dev?.stop();
});

const asking = (app, use, settings = {}) =>
  askingIn(browser, `${app.url}/council`, use, { tokens: [issuer.accessToken()], ...settings });

test("the user's token goes through the app's route, and the answer grows in the page", options, () =>
  asking(apps.gateway, async (page) => {
    const turn = await agent.asked();
    turn.say("門は");
    await says(page, "門は");
    assert.equal(await council(page).getAttribute("data-phase"), "asking");
    turn.say("開いた");
    turn.end();
    await phase(page, "done");
    await says(page, "門は開いた");
  }));

test("a token that stays expired asks for sign-in, in this page too", options, () =>
  asking(apps.gateway, async (page) => {
    await failure(page, "sign_in_required");
    await page.getByRole("button", { name: "Sign in" }).click();
    assert.equal(await page.evaluate(() => window.signedIn), true);
  }, { tokens: [issuer.expiredToken(), issuer.expiredToken()] }));

const timestamp = "2026-11-23T01:02:03.456Z";
const INTRODUCED = [
  { type: "agent", agent: "SOLOMON", name: "ソロモン", role: "judge" },
  { type: "agent", agent: "CASPAR", name: "カスパー", role: "sage" },
];
const COMPLETE = {
  type: "complete", executionTime: 1500, chunkCount: 2, totalBytes: 9, sessionId: "s", agentId: "a",
  usage: { inputTokens: 1, outputTokens: 2 },
};
const status = (agent, state) => ({ type: "status", agent, state });
const chunk = (agent, content) => ({ type: "chunk", agent, content, chunkNumber: 1 });

/** The stream of the next question, which the test sends event by event. */
const nextStream = () => new Promise((resolve) => {
  stub.answer = (_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    const send = (...events) => {
      for (const event of events) response.write(`data: ${JSON.stringify({ ...event, timestamp })}\n\n`);
    };
    resolve({ send, end: () => response.end() });
  };
});

/** What a screen reader was told so far of one live region, in order. */
async function listenTo(page, region) {
  await region.evaluate((element) => {
    element.heard = [element.textContent];
    new MutationObserver(() => element.heard.push(element.textContent))
      .observe(element, { characterData: true, childList: true, subtree: true });
  });
  return () => region.evaluate((element) => element.heard);
}

test("a screen reader hears what each agent does, but not the growing text", options, async () => {
  const stream = nextStream();
  await asking(apps.stub, async (page) => {
    const { send, end } = await stream;
    send(...INTRODUCED, status("CASPAR", "thinking"), status("SOLOMON", "thinking"));
    const said = page.locator('[data-agent="CASPAR"] [aria-live="polite"]');
    await said.waitFor({ state: "attached" });
    const heard = await listenTo(page, said);
    const answer = page.getByRole("region", { name: "Answer" });
    assert.equal(await answer.getAttribute("aria-busy"), "true");

    send(status("CASPAR", "answering"), chunk("CASPAR", "灯は"));
    await page.getByText("灯は", { exact: true }).waitFor();
    send(chunk("CASPAR", "要る"), status("CASPAR", "done"), status("SOLOMON", "judging"));
    await page.locator('[data-agent="SOLOMON"][data-state="judging"]').waitFor();
    const agents = () => page.locator("article").evaluateAll((all) => all.map((one) => one.dataset.agent));
    assert.deepEqual(await agents(), ["CASPAR", "SOLOMON"], "the judge comes last, in the reading order, too");
    assert.deepEqual(await heard(), ["カスパー: thinking", "カスパー: answering", "カスパー: done"]);
    assert.equal(await page.locator("[aria-live], [role=status], [role=alert]").filter({ hasText: "灯は" }).count(), 0);

    // Whoever did not say that it was done is so when the answer is whole.
    send(COMPLETE);
    end();
    await phase(page, "done");
    assert.equal(await page.locator('[data-agent="SOLOMON"]').getAttribute("data-state"), "done");
    assert.equal(await page.getByRole("status").innerText(), "Complete: 1.5 s, 2 tokens");
    assert.equal(await answer.getAttribute("aria-busy"), "false");
  });
});

test("who was cut off is shown so, and the keyboard's place is kept", options, async () => {
  const stream = nextStream();
  await asking(apps.stub, async (page) => {
    const { send } = await stream;
    send(...INTRODUCED, status("CASPAR", "done"), status("SOLOMON", "answering"), chunk("SOLOMON", "半ば"));
    await says(page, "半ば");
    const stop = page.getByRole("button", { name: "Stop" });
    await stop.focus();
    await page.keyboard.press("Enter");
    await phase(page, "stopped");
    assert.equal(await stop.evaluate((button) => button === document.activeElement), true);
    assert.equal(await page.getByRole("status").innerText(), "Stopped. The text so far stays.");
    const states = await page.locator("article").evaluateAll((all) => all.map((one) => one.dataset.state));
    assert.deepEqual(states, ["done", "cut"]);

    // Ctrl+Enter asks, unless an input method is composing; Enter is a new line.
    const again = nextStream();
    const question = page.getByLabel("Question");
    await question.focus();
    await question.evaluate((element) => element.dispatchEvent(
      new KeyboardEvent("keydown", { key: "Enter", ctrlKey: true, isComposing: true, bubbles: true, cancelable: true })));
    assert.equal(await council(page).getAttribute("data-phase"), "stopped");
    await page.keyboard.press("Control+Enter");
    (await again).end();
    await failure(page, "truncated");

    const third = nextStream();
    await page.getByRole("button", { name: "Ask again" }).focus();
    await page.keyboard.press("Enter");
    await third;
    const place = await page.evaluate(() => document.activeElement.getAttribute("aria-label"));
    assert.equal(place, "Answer", "not lost with the button that went away");
  });
});

test("nobody is called a judge where no roles are configured; whoever weighed the others' words stands last", options, async () => {
  const stream = nextStream();
  await asking(apps.stub, async (page) => {
    const { send, end } = await stream;
    const names = ["SOLOMON", "CASPAR", "BALTHASAR", "MELCHIOR"];
    const shown = () => page.locator("article").evaluateAll((all) => all.map((one) => one.dataset.agent));
    send(...names.map((agent) => ({ type: "agent", agent, name: agent })), ...names.map((agent) => status(agent, "thinking")));
    await page.locator('[data-agent="MELCHIOR"]').waitFor();
    assert.deepEqual(await shown(), names);
    const tops = await page.locator("article").evaluateAll((all) => all.map((one) => one.offsetTop));
    assert.ok(tops[0] === tops[1] && tops[2] === tops[3] && tops[1] < tops[2], `two by two, not ${tops}`);
    await picture(page, "no-roles-1-thinking");

    send(...names.slice(1).map((agent) => chunk(agent, `${agent} の意見です。`)), ...names.slice(1).map((agent) => status(agent, "done")),
      status("SOLOMON", "judging"), chunk("SOLOMON", "三人の意見は一致しました。"), COMPLETE);
    end();
    await phase(page, "done");
    assert.deepEqual(await shown(), [...names.slice(1), "SOLOMON"]);
    const bottoms = await page.locator("article").evaluateAll((all) => all.map((one) => one.offsetTop));
    assert.ok(bottoms[0] === bottoms[1] && bottoms[1] === bottoms[2] && bottoms[2] < bottoms[3], `three and one below, not ${bottoms}`);
    assert.equal(await page.locator("[data-role]").count(), 0);
    assert.equal(await page.getByText("Judge", { exact: true }).count(), 0);
    await picture(page, "no-roles-2-done");
  });
});

/** Of an element: how its text is set. Runs in the page. */
const typesetting = (element) => {
  const { fontFamily, lineBreak, overflowWrap, wordBreak } = getComputedStyle(element);
  return [fontFamily.split(",")[0], lineBreak, overflowWrap, wordBreak];
};
const JAPANESE = ['"Hiragino Sans"', "strict", "anywhere", "normal"];

for (const locale of ["ja-JP", "en-US", "fr-FR"]) {
  test(`the page speaks the browser's language (${locale})`, options, async () => {
    const modules = await magiModules();
    const language = locale === "ja-JP" ? "ja" : "en";
    const words = modules.load("./words.js")[language];
    await modules.remove();
    const stream = nextStream();
    await asking(apps.stub, async (page) => {
      const { send, end } = await stream;
      send(...INTRODUCED, status("CASPAR", "thinking"), chunk("SOLOMON", "チャンスは、つかむものです。"));
      await says(page, "チャンスは、つかむものです。");
      assert.equal(await council(page).getAttribute("lang"), language);
      assert.equal(await page.getByRole("status").innerText(), words.asking);
      await page.getByText(words.judge, { exact: true }).waitFor();
      // Whatever language the page speaks.
      for (const japanese of ['[data-agent="SOLOMON"] p', '[data-agent="CASPAR"] h2', "textarea"]) {
        assert.equal(await page.locator(japanese).getAttribute("lang"), "ja", japanese);
      }
      assert.deepEqual(await page.locator('[data-agent="SOLOMON"] p').evaluate(typesetting), JAPANESE);

      send({ type: "error", error: "quota_exceeded", message: "a service quota is used up", retryable: false, executionTime: 1, chunkCount: 1 });
      end();
      await failure(page, "quota_exceeded");
      const alert = page.getByRole("alert").and(page.locator("[data-code]"));
      assert.match(await alert.innerText(), new RegExp(`${words.failed}\\s+${words.failures.quota_exceeded}\\s+quota_exceeded a service quota is used up`));
      assert.equal(await alert.getByText("a service quota is used up").getAttribute("lang"), "en");
      assert.equal(await alert.getByRole("button").count(), 0, "nobody is told to ask again");
      await picture(page, locale);
    }, { locale, words });
  });
}

test("a code that this app does not know is told in the gateway's words", options, async () => {
  const stream = nextStream();
  await asking(apps.stub, async (page) => {
    const { send, end } = await stream;
    send({ type: "error", error: "constructor", message: "something new happened", retryable: true, executionTime: 1, chunkCount: 0 });
    end();
    await failure(page, "constructor");
    await page.getByRole("alert").getByText("something new happened").waitFor();
  });
});

for (const colorScheme of ["light", "dark"]) {
  test(`on a phone nothing is wider than it, and the text can be read (${colorScheme})`, options, async () => {
    const stream = nextStream();
    await asking(apps.stub, async (page) => {
      const { send } = await stream;
      send(...INTRODUCED, chunk("SOLOMON", "https://example.com/" + "long".repeat(100)));
      await page.locator('[data-agent="SOLOMON"] p').waitFor();
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
      const contrast = await page.locator('[data-agent="SOLOMON"] p').evaluate(contrastOf);
      assert.ok(contrast >= 7, `${contrast}`);
    }, { viewport: { width: 390, height: 844 }, colorScheme });
  });
}

/** WCAG's contrast of an element's text with what is behind it. Runs in the page. */
function contrastOf(element) {
  const channels = (colour) => colour.match(/[\d.]+/g).map(Number);
  const luminance = (colour) => channels(colour).slice(0, 3)
    .map((value) => value / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
    .reduce((sum, value, at) => sum + value * [0.2126, 0.7152, 0.0722][at], 0);
  let behind = element;
  while (channels(getComputedStyle(behind).backgroundColor)[3] === 0) behind = behind.parentElement;
  const [dark, light] = [getComputedStyle(element).color, getComputedStyle(behind).backgroundColor].map(luminance).sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}
