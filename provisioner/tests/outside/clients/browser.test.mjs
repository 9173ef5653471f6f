// Other people's clients in a browser, on a page of another origin: what they send passes the preflight that
// `cors: {allow_origins: …}` alone makes.

import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { dirname, join, normalize } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { DefaultChatTransport } from "ai";
import { HttpAgent } from "@ag-ui/client";
import { chromium } from "playwright-core";
import { JUDGE, QUESTION, startGateway } from "./gateway.mjs";

const { CHROMIUM = "/usr/bin/chromium" } = process.env;
const options = { timeout: 300_000 };
const openai = join(dirname(fileURLToPath(import.meta.url)), "../node_modules/openai");

let pages;
let origin;
let gateway;
let browser;

/** An empty page, and OpenAI's client as npm has it: it imports nothing but itself. */
async function serve({ url }, response) {
  const { pathname } = new URL(url, "http://page");
  const isModule = pathname.startsWith("/openai/");
  response.setHeader("content-type", isModule ? "text/javascript" : "text/html");
  response.end(isModule ? await readFile(join(openai, normalize(pathname.slice("/openai".length)))) : "<!doctype html>");
}

before(async () => {
  pages = createServer(serve).listen(0, "127.0.0.1");
  await once(pages, "listening");
  origin = `http://localhost:${pages.address().port}`;
  gateway = await startGateway({ settings: { cors: { allow_origins: [origin] } } });
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--headless", "--no-sandbox", "--disable-gpu"] });
}, options);

after(async () => {
  await browser?.close();
  await gateway?.stop();
  pages?.close();
});

test("OpenAI's client streams, with all that it says about itself", options, async () => {
  const page = await browser.newPage();
  await page.goto(origin);

  const said = await page.evaluate(async ([baseURL, content]) => {
    const { default: OpenAI } = await import("/openai/index.mjs");
    const client = new OpenAI({
      baseURL, apiKey: "x", organization: "nerv", project: "magi", timeout: 60_000, maxRetries: 0,
      dangerouslyAllowBrowser: true,
    });
    const asked = { model: "magi", messages: [{ role: "user", content }] };
    return {
      helped: await client.chat.completions.stream(asked).finalContent(),
      models: (await client.models.list()).data.map(({ id }) => id),
    };
  }, [`${gateway.url}/openai/v1`, QUESTION]);

  assert.equal(said.helped, (await gateway.witness(QUESTION)).get(JUDGE));
  assert.deepEqual(said.models, ["magi"]);
});

/** The headers that a client sets itself, whatever becomes of its request. */
async function headersOf(send) {
  const own = globalThis.fetch;
  const sent = [];
  globalThis.fetch = async (_, { headers } = {}) => {
    sent.push(...new Headers(headers).keys());
    return new Response("", { status: 503 });
  };
  try {
    await send().catch(() => {});
  } finally {
    globalThis.fetch = own;
  }
  return sent;
}

test("the AI SDK's and AG-UI's clients send nothing that is not allowed", options, async () => {
  const api = `${gateway.url}/ai-sdk`;
  const sent = new Set([
    ...await headersOf(() => new DefaultChatTransport({ api }).sendMessages(
      { chatId: "c", messages: [], trigger: "submit-message" })),
    ...await headersOf(() => new HttpAgent({ url: `${gateway.url}/ag-ui` }).runAgent({})),
  ]);
  assert.ok(sent.has("content-type"), [...sent].join());
  const page = await browser.newPage();
  await page.goto(origin);

  const status = await page.evaluate(async ([url, names]) => {
    const headers = Object.fromEntries(names.map((name) => [name, "application/json"]));
    return (await fetch(url, { method: "POST", headers, body: "{}" })).status;
  }, [api, [...sent]]);

  // It got through to the function, which does not know what is asked.
  assert.equal(status, 400);
});
