// A real Next.js app of the generated files, built for production, in a real browser: through its route against the
// function behind a signed function URL, and in direct mode against one that checks tokens, with CORS.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { handAgent } from "./agent_by_hand.mjs";
import { startIssuer } from "./issuer.mjs";
import { startDev } from "../support/local_aws.mjs";
import { buildApp, freePort, makeApp, startApp } from "./app.mjs";
import { council, failure, launch, phase, says, stubGateway, askingIn } from "./page.mjs";
import { deploy } from "./url_functions.mjs";

const options = { timeout: 300_000 };

let dev;
let agent;
let stub;
let issuer;
let browser;
/** The app in front of the function, in front of a server of the test's own, and in front of nobody. */
const apps = {};

before(async () => {
  const app = await makeApp("iam");
  [dev, agent, stub, issuer] = await Promise.all([
    startDev("--no-deploy", "--speed", "0"), handAgent(), stubGateway(), startIssuer(),
  ]);
  const [port, stubPort, alonePort, nowhere] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
  const { environment } = agent;
  const signedUrl = await deploy(dev, "signed", { environment });
  const directUrl = await deploy(dev, "direct", {
    environment: { ...environment, ...issuer.environment }, AuthType: "NONE",
    Cors: { AllowOrigins: [`http://127.0.0.1:${port}`], AllowMethods: ["POST"], AllowHeaders: ["content-type", "authorization"] },
  });
  await buildApp(app, { NEXT_PUBLIC_BEDROCK_GATEWAY_URL: directUrl });
  const keys = { AWS_ACCESS_KEY_ID: dev.accessKeyId, AWS_SECRET_ACCESS_KEY: dev.secretAccessKey };
  [apps.gateway, apps.stub, apps.alone, browser] = await Promise.all([
    startApp(app, { ...keys, BEDROCK_GATEWAY_LAMBDA_URL: signedUrl }, port),
    startApp(app, { ...keys, BEDROCK_GATEWAY_LAMBDA_URL: stub.url }, stubPort),
    startApp(app, { ...keys, BEDROCK_GATEWAY_LAMBDA_URL: `http://127.0.0.1:${nowhere}/` }, alonePort),
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

/** A fresh page of an app, with the question asked. */
const asking = (url, use, { tokens = [issuer.accessToken()] } = {}) => askingIn(browser, url, use, { tokens });

const AS_JSON = { "content-type": "application/json" };
const PROXIED = "/council";
const DIRECT = "/council/direct";

test("the answer grows in the page while the agent still has words to say", options, () =>
  asking(apps.gateway.url + PROXIED, async (page) => {
    const turn = await agent.asked();
    for (const [word, text] of [["一、", "一、"], ["火を", "一、火を"], ["灯す。", "一、火を灯す。"]]) {
      turn.say(word);
      // The agent says the next word only when this one has been read.
      await says(page, text);
      assert.equal(await council(page).getAttribute("data-phase"), "asking");
    }
    turn.end();
    await phase(page, "done");
    await says(page, "一、火を灯す。");
  }));

test("the next question goes on in the same session, until a new one is begun", options, () =>
  asking(apps.gateway.url + PROXIED, async (page) => {
    const answered = async () => {
      const turn = await agent.asked();
      turn.say("答え");
      turn.end();
      await phase(page, "done");
    };
    const sessionOfNext = async () => {
      const [request] = await Promise.all([
        page.waitForRequest((request) => request.method() === "POST"),
        page.getByRole("button", { name: "Ask", exact: true }).click(),
        answered(),
      ]);
      return request.postDataJSON().sessionId;
    };
    await answered();
    const session = await sessionOfNext();
    assert.match(session, /./);
    assert.equal(await sessionOfNext(), session);
    await page.getByRole("button", { name: "New session" }).click();
    assert.equal(await sessionOfNext(), undefined);
  }));

test("the route passes the stream on as it is: no compression, nothing of AWS's own", options, async () => {
  stub.answer = (_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "set-cookie": "a=b", "x-amzn-trace-id": "t" });
    response.end('data: {"type":"complete"}\n\n');
  };
  const response = await fetch(`${apps.stub.url}/api/magi/stream`, {
    method: "POST", headers: { ...AS_JSON, "accept-encoding": "gzip, br" }, body: JSON.stringify({ question: "?" }),
  });
  assert.equal(response.status, 200);
  assert.equal(await response.text(), 'data: {"type":"complete"}\n\n');
  const headers = Object.fromEntries(response.headers);
  assert.deepEqual(
    [headers["content-type"], headers["cache-control"], headers["x-accel-buffering"], headers["content-encoding"]],
    ["text/event-stream; charset=utf-8", "no-cache, no-transform", "no", undefined]);
  assert.deepEqual([headers["set-cookie"], headers["x-amzn-trace-id"]], [undefined, undefined]);
});

test("the route sends what a browser may decide and nothing else", options, async () => {
  const asked = new Promise((resolve) => {
    stub.answer = async (request, response) => {
      let body = "";
      for await (const piece of request) body += piece;
      response.writeHead(200, { "content-type": "text/event-stream" }).end();
      resolve({ body: JSON.parse(body), headers: request.headers });
    };
  });
  await fetch(`${apps.stub.url}/api/magi/stream`, {
    method: "POST",
    headers: { ...AS_JSON, cookie: "secret=1", authorization: "Bearer mine" },
    body: JSON.stringify({ question: "?", sessionId: "s", trace: "full", sessionAttributes: { admin: "yes" } }),
  });
  const { body, headers } = await asked;
  assert.deepEqual(body, { question: "?", sessionId: "s" });
  assert.match(headers.authorization, /^AWS4-HMAC-SHA256 Credential=[^/]+\/\d{8}\/ap-northeast-1\/lambda\/aws4_request/);
  assert.equal(headers.cookie, undefined);
});

test("the gateway is asked for those whom the app lets in, and for nobody where it does not say whom", options, async () => {
  let asked = 0;
  stub.answer = (_, response) => {
    asked += 1;
    response.writeHead(200, { "content-type": "text/event-stream" }).end();
  };
  const post = async (route, headers) => {
    const response = await fetch(`${apps.stub.url}/api/magi/${route}`, {
      method: "POST", headers: { ...AS_JSON, ...headers }, body: JSON.stringify({ question: "灯り" }),
    });
    return [response.status, response.ok ? undefined : (await response.json()).error];
  };
  assert.deepEqual(await post("stream", { cookie: "signedout=1" }), [401, "unauthorized"]);
  assert.deepEqual(await post("untouched", {}), [403, "authorization_not_configured"]);
  await apps.stub.logged(/nobody may ask: say in `authorized`, in src\/app\/api\/magi\/stream\/route\.ts, who may ask/);
  assert.equal(asked, 0);
  assert.deepEqual(await post("stream", {}), [200, undefined]);
});

test("Stop ends the answer in the page, and the route lets go of the gateway", options, async () => {
  const gone = new Promise((resolve) => {
    stub.answer = (_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write('data: {"type":"chunk","content":"半ば","chunkNumber":1,"agent":"SOLOMON"}\n\n');
      response.on("close", () => resolve(response.writableFinished));
    };
  });
  await asking(apps.stub.url + PROXIED, async (page) => {
    await says(page, "半ば");
    await page.getByRole("button", { name: "Stop" }).click();
    await phase(page, "stopped");
    assert.equal(await gone, false, "the connection was closed before the answer was over");
    await says(page, "半ば");
  });
});

test("a failure of the agent is shown with its code, and what it had said stays", options, () =>
  asking(apps.gateway.url + PROXIED, async (page) => {
    const turn = await agent.asked();
    turn.say("まず");
    await says(page, "まず");
    turn.fail("throttlingException");
    await failure(page, "throttled");
    await says(page, "まず");
    await page.getByRole("button", { name: "Ask again" }).click();
    const again = await agent.asked();
    again.say("こんどは");
    again.end();
    await phase(page, "done");
  }));

test("a stream without its end is a failure, whether it stops or breaks", options, async () => {
  for (const cut of ["end", "destroy"]) {
    const begun = new Promise((resolve) => {
      stub.answer = (_, response) => {
        response.writeHead(200, { "content-type": "text/event-stream" });
        response.write('data: {"type":"chunk","content":"半ば","chunkNumber":1,"agent":"SOLOMON"}\n\n');
        resolve(response);
      };
    });
    await asking(apps.stub.url + PROXIED, async (page) => {
      const response = await begun;
      await says(page, "半ば");
      response[cut]();
      await failure(page, "truncated");
      await says(page, "半ば");
    });
  }
});

test("a gateway that is down is told in the stream's own format", options, async () => {
  await asking(apps.alone.url + PROXIED, (page) => failure(page, "gateway_unreachable"));
  const response = await fetch(`${apps.alone.url}/api/magi/stream`, { method: "POST", headers: AS_JSON, body: JSON.stringify({ question: "灯り" }) });
  assert.equal(response.status, 502);
  assert.equal(response.headers.get("content-type"), "text/event-stream; charset=utf-8");
  const event = JSON.parse((await response.text()).match(/^data: (.*)$/m)[1]);
  assert.deepEqual([event.type, event.error, event.retryable], ["error", "gateway_unreachable", true]);
  await apps.alone.logged(/ECONNREFUSED/);
  assert.doesNotMatch(apps.alone.log(), /灯り/, "and nothing of the question");
});

test("a refusal of the gateway goes on as it is, one of AWS's is for the operator", options, async () => {
  const answers = (status, body) => {
    stub.answer = (_, response) => response.writeHead(status, { "content-type": "application/json", "x-amzn-requestid": "r-1" })
      .end(JSON.stringify(body));
  };
  answers(400, { error: "invalid_request", message: "`question` is too long" });
  await asking(apps.stub.url + PROXIED, async (page) => {
    await failure(page, "invalid_request");
    await page.getByText("`question` is too long").waitFor();
  });
  answers(403, { Message: "The security token included in the request is expired" });
  await asking(apps.stub.url + PROXIED, (page) => failure(page, "gateway_refused"));
  await apps.stub.logged(/HTTP 403, request id r-1: The security token included in the request is expired/);

  for (const body of ["", "[]", "{}", '{"question":1}', '{"question":"?","sessionId":1}']) {
    const response = await fetch(`${apps.stub.url}/api/magi/stream`, { method: "POST", headers: AS_JSON, body });
    assert.equal(response.status, 400, body);
    assert.equal((await response.json()).error, "invalid_request");
  }
});

test("direct mode: the app's own origin is answered, live", options, () =>
  asking(apps.gateway.url + DIRECT, async (page) => {
    const turn = await agent.asked();
    turn.say("門は");
    await says(page, "門は");
    assert.equal(await council(page).getAttribute("data-phase"), "asking");
    turn.say("開いた");
    turn.end();
    await phase(page, "done");
    await says(page, "門は開いた");
  }));

test("direct mode: another origin gets nothing, whatever its token", options, () =>
  // The same page, but `localhost` is another origin than `127.0.0.1`.
  asking(apps.gateway.url.replace("127.0.0.1", "localhost") + DIRECT, (page) => failure(page, "unreachable")));

test("direct mode: an expired token is renewed", options, () =>
  asking(apps.gateway.url + DIRECT, async (page) => {
    const turn = await agent.asked();
    turn.say("通れ");
    turn.end();
    await phase(page, "done");
  }, { tokens: [issuer.expiredToken(), issuer.accessToken()] }));

test("direct mode: a token that stays expired asks for sign-in", options, () =>
  asking(apps.gateway.url + DIRECT, async (page) => {
    await failure(page, "sign_in_required");
    await page.getByRole("button", { name: "Sign in" }).click();
    assert.equal(await page.evaluate(() => window.signedIn), true);
  }, { tokens: [issuer.expiredToken(), issuer.expiredToken()] }));
