// The generated route as somebody finds it who did not ask for it: `next dev` of an app in which nothing is filled in, and
// a page of another site in a real browser.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, request as send } from "node:http";
import { networkInterfaces } from "node:os";
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
  // As the refusal says, and README.md.
  app = await startApp(made, { BEDROCK_GATEWAY_LAMBDA_URL: stub.url, BEDROCK_GATEWAY_OPEN_IN_DEV: "1" }, port, "dev");
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

/** Of this machine in its network; where it is in none, the one that every machine has. */
const ownAddress = () =>
  Object.values(networkInterfaces()).flat().find(({ family, internal }) => family === "IPv4" && !internal)?.address ?? "127.0.0.1";
const route = (name) => `${app.url}/api/magi/${name}`;
const post = (headers, body = QUESTION) => fetch(route("untouched"), { method: "POST", headers, body });

test("a developer who wants to try it out gets answers from an untouched route, which says that it answers everybody", options, async () => {
  const response = await post(AS_JSON);
  assert.equal(response.status, 200, await response.text());
  assert.equal(asked, 1);
  await app.logged(/everybody who reaches `next dev` may ask.*say in `authorized`, in src\/app\/api\/magi\/stream\/route\.ts/);
});

test("`next dev` as it is listens to the whole network, and there nobody gets an answer, whatever name he asks for", options, async () => {
  const [made, port] = await Promise.all([makeApp("network", "auth: none"), freePort()]);
  const network = await startApp(made, { BEDROCK_GATEWAY_LAMBDA_URL: stub.url }, port, "dev", []);
  try {
    for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`]) {
      // `fetch` writes the host itself.
      const request = send({ host: ownAddress(), port, path: "/api/magi/untouched", method: "POST", headers: { ...AS_JSON, host } });
      request.end(QUESTION);
      const [response] = await once(request, "response");
      const { error, message } = JSON.parse(Buffer.concat(await response.toArray()));
      assert.deepEqual([response.statusCode, error], [403, "authorization_not_configured"], host);
      assert.match(message, /`BEDROCK_GATEWAY_OPEN_IN_DEV=1 npx next dev -H 127\.0\.0\.1`/);
    }
    assert.equal(asked, 0);
  } finally {
    await network.stop();
  }
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
