// The generated page in a real browser, and a gateway that answers as the test says.
//
// CHROMIUM     the browser, default /usr/bin/chromium
// SCREENSHOTS  a directory for pictures; without it none are taken

import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { chromium } from "playwright-core";

const { CHROMIUM = "/usr/bin/chromium", SCREENSHOTS } = process.env;
const JUDGE = '[data-agent="SOLOMON"] p';

export const launch = () => chromium.launch({
  executablePath: CHROMIUM,
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

/** A gateway whose answers the test decides: `stub.answer = (request, response) => …`. */
export async function stubGateway() {
  const server = createServer((request, response) => stubbed.answer(request, response));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const stubbed = {
    url: `http://127.0.0.1:${server.address().port}/`,
    answer: undefined,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return stubbed;
}

export const council = (page) => page.getByTestId("council");
export const phase = (page, name) => page.locator(`[data-testid="council"][data-phase="${name}"]`).waitFor();
export const says = (page, text) => page.locator(JUDGE).filter({ hasText: new RegExp(`^${text}$`) }).waitFor();
export const failure = async (page, code) => {
  await phase(page, "failed");
  assert.equal(await page.getByRole("alert").and(page.locator("[data-code]")).getAttribute("data-code"), code);
};

export async function picture(page, name) {
  if (!SCREENSHOTS) return;
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, `nextjs-${name}.png`), fullPage: true });
}

const ENGLISH = { question: "Question", ask: "Ask" };

/** A fresh page with the question asked, of somebody who has these tokens. `words` are those of the page's language. */
export async function askingIn(browser, url, use, { question = "灯りはどこか", tokens = [], words = ENGLISH, ...settings } = {}) {
  const page = await browser.newPage(settings);
  page.setDefaultTimeout(60_000);
  try {
    await page.addInitScript((given) => { window.tokens = given; }, tokens);
    await page.goto(url);
    await page.getByLabel(words.question, { exact: true }).fill(question);
    await page.getByRole("button", { name: words.ask, exact: true }).click();
    await use(page);
  } finally {
    await page.close();
  }
}
