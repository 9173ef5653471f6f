// The generated route as somebody finds it who did not ask for it: `next dev` of an app in which nothing is filled in, and
// a page of another site in a real browser.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, request as send } from "node:http";
import { after, before, beforeEach, test } from "node:test";
import { freePort, makeApp, startApp } from "./app.mjs";
import { launch, stubGateway } from "./page.mjs";

const options = { timeout: 300_000 };
const QUESTION = JSON.stringify({ question: "灯り?" });
const AS_JSON = { "content-type": "application/json" };

let stub;
let app;
let other;
let browser;
/** How many questions have come through. */
let asked;

before(async () => {
  stub = await stubGateway();
  const [made, port] = await Promise.all([makeApp("none", "auth: none"), freePort()]);
  app = await startApp(made, { BEDROCK_GATEWAY_LAMBDA_URL: stub.url }, port, "dev");
  other = createServer((_, response) => response.writeHead(200, { "content-type": "text/html" }).end("<p>another site</p>"));
  await once(other.listen(0, "127.0.0.1"), "listening");
  browser = await launch();
}, options);

after(async () => {
  await browser?.close();
  await app?.stop();
  other?.closeAllConnections();
  other?.close();
  stub?.close();
});

beforeEach(() => {
  asked = 0;
  stub.answer = (request, response) => {
    asked += 1;
    request.resume();
    response.writeHead(200, { "content-type": "text/event-stream" }).end('data: {"type":"complete"}\n\n');
  };
});

const route = (name) => `${app.url}/api/magi/${name}`;
const post = (headers, body = QUESTION) => fetch(route("untouched"), { method: "POST", headers, body });

test("on the developer's machine an untouched route answers, and says that it answers everybody", options, async () => {
  const response = await post(AS_JSON);
  assert.equal(response.status, 200, await response.text());
  assert.equal(asked, 1);
  await app.logged(/everybody may ask, because this is `next dev`: say in `authorized`, in src\/app\/api\/magi\/stream\/route\.ts/);
});

test("a page of another site gets no question through", options, async () => {
  const page = await browser.newPage();
  try {
    // `localhost` and `127.0.0.1` are two sites, and this browser has been at ours, which left a cookie.
    await page.context().addCookies([{ name: "session", value: "mine", url: app.url, sameSite: "Lax" }]);
    await page.goto(`http://localhost:${other.address().port}/`);
    const statusOf = async (act) => {
      const [response] = await Promise.all([page.waitForNavigation(), act()]);
      return response.status();
    };
    const forms = [
      ["text/plain", 415], ["application/x-www-form-urlencoded", 415], ["multipart/form-data", 415],
    ];
    for (const [enctype, status] of forms) {
      assert.equal(await statusOf(() => page.evaluate(([action, enctype]) => {
        const form = Object.assign(document.createElement("form"), { method: "post", action, enctype });
        const field = Object.assign(document.createElement("input"), { name: '{"question":"灯り?","x":"', value: '"}' });
        form.append(field);
        document.body.append(form);
        form.submit();
      }, [route("stream"), enctype])), status, enctype);
      await page.goto(`http://localhost:${other.address().port}/`);
    }
    const fetched = (headers) => page.evaluate(([url, headers, body]) =>
      fetch(url, { method: "POST", mode: headers ? "cors" : "no-cors", credentials: "include", headers, body })
        .then((it) => it.type, () => "failed"), [route("stream"), headers, QUESTION]);
    assert.equal(await fetched(undefined), "opaque");
    assert.equal(await fetched(AS_JSON), "failed");
    assert.equal(asked, 0);
  } finally {
    await page.close();
  }
});

/** Sends a body in so many pieces; gives the status, or how the connection ended. */
async function sent(headers, piece, pieces) {
  const request = send(route("stream"), { method: "POST", headers: { ...AS_JSON, ...headers } });
  const ended = new Promise((resolve) => {
    request.on("response", (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.on("error", (error) => resolve(error.code));
  });
  for (let number = 0; number < pieces && !request.destroyed; number++) request.write(piece);
  request.end();
  return ended;
}

test("a request has at most a question's bytes, whether it says its length or not", options, async () => {
  const long = (bytes) => JSON.stringify({ question: "x".repeat(bytes - 15) });
  // Chunked: without a length.
  assert.equal(await sent({}, Buffer.alloc(100_000, "["), 20), 413);
  assert.equal((await post(AS_JSON, long(1_250_001))).status, 413);
  assert.equal(asked, 0);
  assert.equal((await post(AS_JSON, long(1_250_000))).status, 200);
});
