// The generated page in a real browser, and a gateway that answers as the test says.
//
// CHROMIUM  the browser, default /usr/bin/chromium

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { chromium } from "playwright-core";

const { CHROMIUM = "/usr/bin/chromium" } = process.env;
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

/** A fresh page with the question asked, of somebody who has these tokens. */
export async function askingIn(browser, url, use, { question = "灯りはどこか", tokens = [], ...settings } = {}) {
  const page = await browser.newPage(settings);
  page.setDefaultTimeout(60_000);
  try {
    await page.addInitScript((given) => { window.tokens = given; }, tokens);
    await page.goto(url);
    await page.getByLabel("Question").fill(question);
    await page.getByRole("button", { name: "Ask", exact: true }).click();
    await use(page);
  } finally {
    await page.close();
  }
}
