// What the generated route sends to a gateway that checks tokens and to one that asks nobody. (One whose callers sign:
// app.test.mjs.)

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { magiModules } from "./modules.mjs";
import { stubGateway } from "./page.mjs";

const FROM_THE_BROWSER = { authorization: "Bearer mine", cookie: "secret=1", "x-forwarded-for": "10.0.0.1" };
const OURS = ["authorization", "cookie", "x-forwarded-for", "x-amz-date", "accept", "content-type"];
let stub;
let asked;
let configured;

before(async () => {
  stub = await stubGateway();
  configured = process.env.BEDROCK_GATEWAY_LAMBDA_URL;
  process.env.BEDROCK_GATEWAY_LAMBDA_URL = stub.url;
});

after(() => {
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

const GATEWAYS = [
  ["jwt", "auth: jwt\njwt: {issuer: 'https://issuer.example', audience: [client-1]}", "Bearer mine"],
  ["none", "auth: none", undefined],
];

for (const [auth, settings, authorization] of GATEWAYS) {
  test(`auth ${auth}: the gateway gets the question and nothing that is not its own`, async () => {
    const { load, remove } = await magiModules(settings);
    try {
      const { forward } = load("./forward.js");
      const response = await forward(post(FROM_THE_BROWSER), { agent: "magi" });
      assert.equal(await response.text(), "data: {}\n\n");
      assert.equal(response.headers.get("cache-control"), "no-cache, no-transform");
      // Which agent answers is for the server to say.
      assert.deepEqual(asked.body, { question: "灯り?", agent: "magi" });
      const sent = Object.fromEntries(OURS.flatMap((name) => name in asked.headers ? [[name, asked.headers[name]]] : []));
      assert.deepEqual(sent, {
        accept: "text/event-stream", "content-type": "application/json", ...(authorization && { authorization }),
      });

      await (await forward(post({}))).text();
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
