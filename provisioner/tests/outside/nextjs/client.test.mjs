// The browser's client that `provision generate nextjs` writes: streams cut at every byte, and every way to fail.
// Run: node --test provisioner/tests/outside/nextjs/client.test.mjs

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { magiModules } from "./modules.mjs";

let modules;
let client;
let councils;

before(async () => {
  modules = await magiModules();
  client = modules.load("./gateway-client.js");
  councils = modules.load("./council.js");
});

after(() => modules.remove());

const timestamp = "2026-11-23T01:02:03.456Z";
const EVENTS = [
  { type: "start", sessionId: "s-1", requestId: "r-1", timestamp },
  { type: "agent", agent: "CASPAR", name: "カスパー", role: "sage", timestamp },
  { type: "status", agent: "CASPAR", state: "thinking", timestamp },
  { type: "reasoning", agent: "CASPAR", content: "まず数える", timestamp },
  { type: "chunk", agent: "CASPAR", content: "賢者は言う。🜂 は火、é は e", chunkNumber: 1, timestamp },
  { type: "chunk", agent: "CASPAR", content: "\n\ndata: 偽の枠", chunkNumber: 2, timestamp },
  { type: "toolCall", agent: "CASPAR", id: "t-1", name: "search", input: { q: "灯" }, timestamp },
  { type: "toolResult", agent: "CASPAR", id: "t-1", output: ["灯り"], failed: false, timestamp },
  { type: "citation", agent: "CASPAR", text: "火", span: [8, 8], sources: [{ location: "s3://fire" }], timestamp },
  { type: "file", agent: "CASPAR", name: "a.txt", mediaType: "text/plain", bytes: "44GC", timestamp },
  { type: "returnControl", agent: "CASPAR", invocationId: "i-1", invocationInputs: [], timestamp },
  { type: "trace", agent: "CASPAR", trace: { step: "orchestration.modelInvocationOutput", durationMs: 812 }, timestamp },
  { type: "data", agent: "CASPAR", data: { any: "thing" }, timestamp },
  { type: "complete", executionTime: 5, chunkCount: 2, totalBytes: 70, sessionId: "s-1", agentId: "A",
    usage: { inputTokens: 1, outputTokens: 2 }, timestamp },
];
const FAILED = {
  type: "error", error: "throttled", message: "too much", retryable: true, side: "aws", executionTime: 5, chunkCount: 2, timestamp,
};

/** The bytes of a stream of these events, numbered from `first`. */
const streamOf = (events, { first = 1, eol = "\n" } = {}) => new TextEncoder().encode(
  `: open${eol}${eol}${events.map((event, at) =>
    // Over two lines, which the gateway does not send but others may: a cut between CR and LF must not end the event.
    `id: ${first + at}${eol}data: ${JSON.stringify(event).replace(',"', `,${eol}data: "`)}${eol}${eol}: keep-alive${eol}${eol}`)
    .join("")}`);

/** A response whose body comes in these pieces; an error among them breaks it off. */
function responseOf(pieces, { status = 200, headers = { "content-type": "text/event-stream; charset=utf-8" } } = {}) {
  const rest = [...pieces];
  return new Response(new ReadableStream({
    pull(controller) {
      const piece = rest.shift();
      if (piece === undefined) controller.close();
      else if (piece instanceof Error) controller.error(piece);
      else controller.enqueue(piece);
    },
  }), { status, headers });
}

const answering = (...responses) => {
  const sent = [];
  const fetch = async (url, init) => {
    sent.push({ url, ...init });
    const response = responses.shift();
    if (response instanceof Error) throw response;
    return response;
  };
  return { fetch, sent };
};

/** Everything that was heard, and the error at the end if there was one. */
async function hear(options, question = { question: "?" }) {
  const heard = [];
  try {
    for await (const event of client.ask(question, options)) heard.push(event);
    return { heard };
  } catch (error) {
    return { heard, error };
  }
}

const fails = ({ error }, code, retryable) => {
  assert.ok(error instanceof client.GatewayError, `${error}`);
  assert.deepEqual({ code: error.code, retryable: error.retryable }, { code, retryable });
};

for (const [name, eol] of [["LF", "\n"], ["CR LF", "\r\n"], ["CR", "\r"]]) {
  test(`every event arrives, wherever the stream is cut once (${name})`, async () => {
    const bytes = streamOf(EVENTS, { eol });
    for (let at = 0; at <= bytes.length; at += 1) {
      const { fetch } = answering(responseOf([bytes.subarray(0, at), bytes.subarray(at)]));
      assert.deepEqual(await hear({ fetch }), { heard: EVENTS }, `cut at ${at}`);
    }
  });

  test(`every event arrives, one byte at a time (${name})`, async () => {
    const bytes = streamOf(EVENTS, { eol });
    const { fetch } = answering(responseOf(Array.from(bytes, (byte) => Uint8Array.of(byte))));
    assert.deepEqual(await hear({ fetch }), { heard: EVENTS });
  });
}

test("a stream that stops before its end is a failure, at whichever byte", async () => {
  const bytes = streamOf(EVENTS);
  // Behind the blank line of `complete` comes a comment only.
  const whole = bytes.length - ": keep-alive\n\n".length;
  for (let length = 0; length < whole; length += 1) {
    const heard = await hear({ fetch: answering(responseOf([bytes.subarray(0, length)])).fetch });
    fails(heard, "truncated", true);
    const broken = await hear({ fetch: answering(responseOf([bytes.subarray(0, length), new Error("reset")])).fetch });
    fails(broken, "truncated", true);
    assert.deepEqual(broken.heard, heard.heard);
  }
  assert.deepEqual(await hear({ fetch: answering(responseOf([bytes.subarray(0, whole)])).fetch }), { heard: EVENTS });
});

test("a stream that goes silent is a failure", async () => {
  const silent = new Response(new ReadableStream({ pull: () => new Promise(() => {}) }), {
    headers: { "content-type": "text/event-stream" },
  });
  fails(await hear({ fetch: answering(silent).fetch, longestSilence: 1 }), "truncated", true);
});

test("the gateway's error event is a failure with its code, and what came before was heard", async () => {
  const { heard, error } = await hear({ fetch: answering(responseOf([streamOf([EVENTS[0], EVENTS[4], FAILED])])).fetch });
  fails({ error }, "throttled", true);
  assert.deepEqual(heard, [EVENTS[0], EVENTS[4]]);
  assert.deepEqual(error.event, FAILED);
});

test("an error event counts whatever the HTTP status is", async () => {
  const { fetch } = answering(responseOf([streamOf([{ ...FAILED, error: "gateway_unreachable" }])], { status: 502 }));
  fails(await hear({ fetch }), "gateway_unreachable", true);
});

test("a refusal before the stream is a failure with its code", async () => {
  const json = { headers: { "content-type": "application/json" } };
  const refusal = (status) => Response.json({ error: "invalid_request", message: "no" }, { status });
  fails(await hear({ fetch: answering(refusal(400)).fetch }), "invalid_request", false);
  fails(await hear({ fetch: answering(refusal(503)).fetch }), "invalid_request", true);
  fails(await hear({ fetch: answering(new Response("<html>", { status: 200 })).fetch }), "not_a_stream", false);
  fails(await hear({ fetch: answering(new Response("{}", { status: 429, ...json })).fetch }), "not_a_stream", true);
});

test("a gateway that cannot be reached is a failure", async () => {
  fails(await hear({ fetch: answering(new TypeError("fetch failed")).fetch }), "unreachable", true);
});

test("types of a newer gateway are passed over, and what is no event is a failure", async () => {
  const newer = streamOf([EVENTS[0], { type: "hologram" }, { type: "toString" }, EVENTS.at(-1)]);
  assert.deepEqual(await hear({ fetch: answering(responseOf([newer])).fetch }), { heard: [EVENTS[0], EVENTS.at(-1)] });
  for (const data of ["<html>", "null", "[]", '"text"', "{}"]) {
    const bytes = new TextEncoder().encode(`data: ${data}\n\n`);
    fails(await hear({ fetch: answering(responseOf([bytes])).fetch }), "malformed", false);
  }
});

test("only question and session are sent, and what comes behind the end is not heard", async () => {
  const { fetch, sent } = answering(responseOf([streamOf([...EVENTS, FAILED, EVENTS[4]])]));
  const { heard, error } = await hear({ fetch, url: "https://gateway" }, { question: "灯?", sessionId: "s", agent: "x" });
  assert.equal(error, undefined);
  assert.deepEqual(heard, EVENTS);
  assert.equal(sent[0].url, "https://gateway");
  assert.deepEqual(JSON.parse(sent[0].body), { question: "灯?", sessionId: "s" });
  assert.equal(new Headers(sent[0].headers).get("authorization"), null);
});

test("an abort is the signal's own reason, and nothing is left open", async () => {
  const abort = new AbortController();
  let cancelled = false;
  const response = new Response(new ReadableStream({
    start: (controller) => controller.enqueue(streamOf(EVENTS.slice(0, 3))),
    pull: () => new Promise((_, reject) => abort.signal.addEventListener("abort", () => reject(abort.signal.reason))),
    cancel: () => { cancelled = true; },
  }), { headers: { "content-type": "text/event-stream" } });
  const heard = [];
  await assert.rejects(async () => {
    for await (const event of client.ask({ question: "?" }, { fetch: answering(response).fetch, signal: abort.signal })) {
      heard.push(event);
      if (heard.length === 3) abort.abort();
    }
  }, { name: "AbortError" });
  assert.equal(heard.length, 3);

  const left = new Response(new ReadableStream({
    start: (controller) => controller.enqueue(streamOf(EVENTS.slice(0, 3))),
    cancel: () => { cancelled = true; },
  }), { headers: { "content-type": "text/event-stream" } });
  for await (const _ of client.ask({ question: "?" }, { fetch: answering(left).fetch })) break;
  assert.equal(cancelled, true, "a caller that leaves the loop lets go of the stream");
});

test("a stream that broke off goes on behind the last event, each event once", async () => {
  for (let at = 1; at < EVENTS.length; at += 1) {
    const bytes = streamOf(EVENTS.slice(0, at));
    const asked = [];
    const reconnect = async (lastEventId) => {
      asked.push(lastEventId);
      // One event too many again, as a server may do that keeps them in batches.
      return responseOf([streamOf(EVENTS.slice(at - 1), { first: at })]);
    };
    assert.deepEqual(await hear({ fetch: answering(responseOf([bytes])).fetch, reconnect }), { heard: EVENTS });
    assert.deepEqual(asked, [String(at)]);
  }
  const gaveUp = await hear({ fetch: answering(responseOf([streamOf(EVENTS.slice(0, 3))])).fetch, reconnect: async () => undefined });
  fails(gaveUp, "truncated", true);
});

test("direct mode sends the token, renews it once, and else asks for sign-in", async () => {
  const refused = () => Response.json({ error: "unauthorized", message: "the token has expired" }, { status: 401 });
  const whole = () => responseOf([streamOf(EVENTS)]);
  const bearers = (sent) => sent.map(({ headers }) => new Headers(headers).get("authorization"));

  const good = answering(whole());
  assert.deepEqual(await hear({ fetch: good.fetch, token: async () => "t1" }), { heard: EVENTS });
  assert.deepEqual(bearers(good.sent), ["Bearer t1"]);

  const renewed = answering(refused(), whole());
  assert.deepEqual(await hear({ fetch: renewed.fetch, token: async (renew) => (renew ? "t2" : "t1") }), { heard: EVENTS });
  assert.deepEqual(bearers(renewed.sent), ["Bearer t1", "Bearer t2"]);

  const over = answering(refused(), refused());
  fails(await hear({ fetch: over.fetch, token: async (renew) => (renew ? "t2" : "t1") }), "sign_in_required", false);
  assert.equal(over.sent.length, 2);

  const same = answering(refused());
  fails(await hear({ fetch: same.fetch, token: async () => "t1" }), "sign_in_required", false);
  assert.equal(same.sent.length, 1);

  const nobody = answering();
  fails(await hear({ fetch: nobody.fetch, token: async () => undefined }), "sign_in_required", false);
  assert.equal(nobody.sent.length, 0);
});

test("the last word is the judge's, else that of whoever weighed what the others said", () => {
  const concluding = (...events) => events
    .reduce((now, event) => councils.changed(now, { type: "heard", event: { ...event, timestamp } }), councils.IDLE)
    .members.filter(({ concludes }) => concludes).map(({ agent }) => agent);
  const member = (agent, role) => ({ type: "agent", agent, name: agent, role });
  const status = (agent, state) => ({ type: "status", agent, state });
  assert.deepEqual(concluding(member("SOLOMON", "judge"), member("CASPAR", "sage")), ["SOLOMON"]);
  assert.deepEqual(concluding(member("SOLOMON"), member("CASPAR"), status("CASPAR", "done")), []);
  assert.deepEqual(concluding(member("SOLOMON"), member("CASPAR"), status("SOLOMON", "judging"), status("SOLOMON", "done")), ["SOLOMON"]);
});

test("the council is what its events say", () => {
  const council = EVENTS.reduce((now, event) => councils.changed(now, { type: "heard", event }),
    councils.changed(councils.IDLE, { type: "asked" }));
  assert.deepEqual(council.members, [{
    agent: "CASPAR", name: "カスパー", role: "sage", state: "thinking", concludes: false, reasoning: "まず数える",
    text: "賢者は言う。🜂 は火、é は e\n\ndata: 偽の枠",
  }]);
  assert.equal(council.phase, "done");
  assert.equal(council.citations.length, 1);

  const unknown = councils.changed(council, { type: "heard", event: { type: "chunk", agent: "DANIEL", content: "x", chunkNumber: 3, timestamp } });
  assert.deepEqual(unknown.members.map(({ agent, name }) => [agent, name]), [["CASPAR", "カスパー"], ["DANIEL", "DANIEL"]]);
  const next = councils.changed(unknown, { type: "asked" });
  assert.deepEqual({ ...next }, { ...councils.IDLE, phase: "asking", sessionId: "s-1" });
  assert.deepEqual(councils.changed(next, { type: "forgotten" }), councils.IDLE);
});
