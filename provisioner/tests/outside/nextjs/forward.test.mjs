// What the generated route sends to a gateway that checks tokens and to one that asks nobody. (One whose callers sign:
// app.test.mjs.)

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { magiModules } from "./modules.mjs";
import { stubGateway } from "./page.mjs";

const JSON_SENT = { "content-type": "application/json" };
const FROM_THE_BROWSER = { ...JSON_SENT, authorization: "Bearer mine", cookie: "secret=1", "x-forwarded-for": "10.0.0.1" };
const authorized = () => true;
/** Opens an untouched route to programs of this machine. */
const TRY_OUT = "BEDROCK_GATEWAY_OPEN_IN_DEV=1 npx next dev -H 127.0.0.1";
const OURS = ["authorization", "cookie", "x-forwarded-for", "x-amz-date", "accept", "content-type"];
const GATEWAYS = [
  ["jwt", "auth: jwt\njwt: {issuer: 'https://issuer.example', audience: [client-1]}", "Bearer mine"],
  ["none", "auth: none", undefined],
];

let stub;
let asked;
let configured;
/** The modules of a gateway that asks nobody. */
let open;

before(async () => {
  open = await magiModules(GATEWAYS[1][1]);
  stub = await stubGateway();
  configured = process.env.BEDROCK_GATEWAY_LAMBDA_URL;
  process.env.BEDROCK_GATEWAY_LAMBDA_URL = stub.url;
});

after(async () => {
  await open?.remove();
  stub.close();
  if (configured === undefined) delete process.env.BEDROCK_GATEWAY_LAMBDA_URL;
  else process.env.BEDROCK_GATEWAY_LAMBDA_URL = configured;
});

beforeEach(() => {
  asked = undefined;
  stub.answer = async (request, response) => {
    let body = "";
    for await (const piece of request) body += piece;
    asked = { body: JSON.parse(body), headers: request.headers };
    response.writeHead(200, { "content-type": "text/event-stream" }).end("data: {}\n\n");
  };
});

const post = (headers) => new Request("http://app/api/magi/stream", {
  method: "POST", headers, body: JSON.stringify({ question: "灯り?", agent: "research", trace: "full" }),
});

for (const [auth, settings, authorization] of GATEWAYS) {
  test(`auth ${auth}: the gateway gets the question and nothing that is not its own`, async () => {
    const { load, remove } = await magiModules(settings);
    try {
      const { forward } = load("./forward.js");
      const response = await forward(post(FROM_THE_BROWSER), { agent: "magi", authorized });
      assert.equal(await response.text(), "data: {}\n\n");
      assert.equal(response.headers.get("cache-control"), "no-cache, no-transform");
      // Which agent answers is for the server to say.
      assert.deepEqual(asked.body, { question: "灯り?", agent: "magi" });
      const sent = Object.fromEntries(OURS.flatMap((name) => name in asked.headers ? [[name, asked.headers[name]]] : []));
      assert.deepEqual(sent, {
        accept: "text/event-stream", "content-type": "application/json", ...(authorization && { authorization }),
      });

      await (await forward(post(JSON_SENT), { authorized })).text();
      assert.equal(asked.headers.authorization, undefined);
    } finally {
      await remove();
    }
  });
}

test("auth jwt: a token that the gateway refuses is the browser's to renew", async () => {
  const { load, remove } = await magiModules(GATEWAYS[0][1]);
  try {
    stub.answer = (_, response) => response.writeHead(401, { "content-type": "application/json" })
      .end(JSON.stringify({ error: "unauthorized", message: "the token has expired" }));
    const response = await load("./forward.js").forward(post(FROM_THE_BROWSER));
    assert.equal(response.status, 401);
    assert.deepEqual(await response.json(), { error: "unauthorized", message: "the token has expired" });
  } finally {
    await remove();
  }
});

/** What the route of a gateway that asks nobody answers with these variables, and what it has said on the console. */
async function answers(request, forwarding, NODE_ENV, BEDROCK_GATEWAY_OPEN_IN_DEV) {
  const said = [];
  const { error, warn } = console;
  const variables = { NODE_ENV, BEDROCK_GATEWAY_OPEN_IN_DEV };
  const before = Object.keys(variables).map((name) => [name, process.env[name]]);
  const set = ([name, value]) => value === undefined ? delete process.env[name] : process.env[name] = value;
  console.error = console.warn = (...words) => said.push(words.join(" "));
  Object.entries(variables).forEach(set);
  try {
    const response = await open.load("./forward.js").forward(request, forwarding);
    const { error: code, message } = response.ok ? {} : await response.json();
    return { status: response.status, code, message, said: said.join("\n") };
  } finally {
    Object.assign(console, { error, warn });
    before.forEach(set);
  }
}

test("who may ask, and which sessions are theirs, is for the app to say", async () => {
  const seen = [];
  const decided = (verdict) => ({ authorized: (request, question) => { seen.push(question.question); return verdict; } });
  const { status } = await answers(post(JSON_SENT), decided(true), "production");
  assert.deepEqual([status, seen], [200, ["灯り?"]]);
  asked = undefined;
  for (const verdict of [false, undefined, null, "yes", 1, {}]) {
    const { status, code } = await answers(post(JSON_SENT), decided(verdict), "production");
    assert.deepEqual([status, code], [401, "unauthorized"], String(verdict));
  }
  assert.equal(asked, undefined);
});

test("until it has said so nobody asks, but a developer who wants to try it out", async () => {
  const untouched = { authorized: () => "not filled in" };
  const to = (host) => post({ ...JSON_SENT, host });
  for (const [host, environment, open, expected] of [
    ["www.example.com", "production", "1", 403], ["localhost:3000", "production", "1", 403], ["localhost:3000", undefined, "1", 403],
    ["localhost:3000", "development", "1", 200], ["127.0.0.1:3000", "development", "1", 200], ["[::1]:3000", "development", "1", 200],
    // Who is no browser writes any name there, and `next dev` listens to the whole network.
    ["localhost:3000", "development", undefined, 403], ["127.0.0.1:3000", "development", undefined, 403],
    ["localhost:3000", "development", "", 403], ["localhost:3000", "development", "0", 403], ["localhost:3000", "development", "false", 403],
    // Another site's name that points to this machine.
    ["rebound.example:3000", "development", "1", 403], ["localhost.example:3000", "development", "1", 403],
  ]) {
    const { status, code, message, said } = await answers(to(host), untouched, environment, open);
    const called = `${host}, ${environment}, ${open}`;
    assert.equal(status, expected, called);
    assert.match(said, expected === 200 ? /everybody who reaches.*may ask.*`authorized`.*route\.ts/ : /nobody may ask.*`authorized`.*route\.ts/);
    assert.doesNotMatch(said, /灯り/);
    if (expected === 200) continue;
    assert.equal(code, "authorization_not_configured");
    // The developer reads what to do in the answer and on the console; other people's browsers are told nothing of it.
    for (const told of [message, said]) assert.equal(told.includes(TRY_OUT), environment === "development", `${called}: ${told}`);
  }
});

test("a byte order mark before the question is no part of it", async () => {
  const marked = (body) => new Request("http://app/api/magi/stream", { method: "POST", headers: JSON_SENT, body });
  assert.equal((await answers(marked('\ufeff{"question":"灯り?"}'), { authorized })).status, 200);
  assert.deepEqual(asked.body, { question: "灯り?" });
  assert.equal((await answers(marked('\ufeff\ufeff{"question":"灯り?"}'), { authorized })).status, 400);
});

test("a page of another site does not ask with the visitor's cookies", async () => {
  const app = "app.example";
  for (const [headers, expected] of [
    // What browsers say of where a request comes from.
    [{ "sec-fetch-site": "same-origin" }, 200], [{ "sec-fetch-site": "none" }, 200],
    [{ "sec-fetch-site": "cross-site", origin: "https://evil.example" }, 403],
    [{ "sec-fetch-site": "same-site", origin: `https://other.${app}` }, 403],
    // An older browser says only its origin.
    [{ origin: `https://${app}` }, 200], [{ origin: `https://${app}:8443` }, 403], [{ origin: "https://evil.example" }, 403],
    [{ origin: "null" }, 403], [{ origin: `https://evil.example?${app}` }, 403],
    // Behind a proxy that gives this server another name.
    [{ origin: "https://www.example", host: "internal:3000", "x-forwarded-host": "www.example" }, 200],
    [{ origin: "https://www.example", host: "internal:3000", "x-forwarded-host": "www.example:443, edge.example" }, 200],
    [{ origin: "https://evil.example", host: "internal:3000", "x-forwarded-host": "www.example" }, 403],
    [{ origin: "https://www.example", host: "internal:3000" }, 403],
    // The app's own origins, where the proxy does not tell its name.
    [{ origin: "https://known.example", host: "internal:3000" }, 200],
    [{ origin: "https://known.example", "sec-fetch-site": "cross-site" }, 200],
    // A program that is no browser.
    [{}, 200],
  ]) {
    const request = post({ ...JSON_SENT, host: app, cookie: "session=1", ...headers });
    const { status, code, said } = await answers(request, { authorized, origins: ["https://known.example"] }, "production");
    assert.equal(status, expected, JSON.stringify(headers));
    if (expected === 403) assert.equal(code, "cross_site");
    if (expected === 403) assert.match(said, /`origins`/);
  }
});

test("only JSON is taken: a form needs no permission of this site", async () => {
  for (const type of [
    undefined, "text/plain", "text/plain;charset=UTF-8", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b",
    "text/plain; application/json", "application/jsonp",
  ]) {
    const headers = type === undefined ? {} : { "content-type": type };
    const { status, code } = await answers(post(headers), { authorized }, "production");
    assert.deepEqual([status, code], [415, "unsupported_media_type"], type);
  }
  for (const type of ["application/json", "Application/JSON; charset=utf-8"]) {
    assert.equal((await answers(post({ "content-type": type }), { authorized }, "production")).status, 200, type);
  }
});

test("the gateway's redirects are not followed: the question would go with them", async () => {
  stub.answer = (_, response) => response.writeHead(307, { location: "http://127.0.0.1:9/" }).end();
  const response = await open.load("./forward.js").forward(post(JSON_SENT), { authorized });
  assert.equal(response.status, 502);
  assert.match(await response.text(), /gateway_refused/);
});
