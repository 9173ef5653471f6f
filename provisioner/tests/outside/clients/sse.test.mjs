// Clients that know server-sent events and nothing of this gateway: a parser, and `curl -N`.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { createParser } from "eventsource-parser";
import { JUDGE, QUESTION, startGateway } from "./gateway.mjs";

let gateway;

before(async () => { gateway = await startGateway(); });
after(() => gateway?.stop());

const body = (question) => JSON.stringify({ question });

/** The events of a whole body, as any parser of the standard reads them. */
function parse(pieces) {
  const events = [];
  const parser = createParser({ onEvent: ({ data }) => events.push(JSON.parse(data)), onError: (error) => { throw error; } });
  for (const piece of pieces) parser.feed(piece);
  return events;
}

async function withFetch(url, question) {
  const response = await fetch(url, {
    method: "POST", headers: { "content-type": "application/json" }, body: body(question),
  });
  assert.equal(response.status, 200);
  const pieces = [];
  for await (const piece of response.body.pipeThrough(new TextDecoderStream())) pieces.push(piece);
  return parse(pieces);
}

async function withCurl(url, question) {
  const { stdout } = await promisify(execFile)("curl", [
    "-N", "--silent", "--show-error", "--fail", "--max-time", "60",
    "--header", "content-type: application/json", "--data", body(question), url,
  ]);
  return parse([stdout]);
}

for (const [client, ask] of Object.entries({ "eventsource-parser": withFetch, "curl -N": withCurl })) {
  test(`${client} reads an answer`, async () => {
    const said = await gateway.witness(QUESTION);
    const events = await ask(gateway.url, QUESTION);

    assert.equal(events.at(-1).type, "complete");
    const text = events.filter(({ type, agent }) => type === "chunk" && agent === JUDGE);
    assert.equal(text.map(({ content }) => content).join(""), said.get(JUDGE));
  });

  for (const [question, where, code] of [
    ["!throttled-midway", "url", "throttled"],
    ["!closes", "url", "connection_lost"],
    ["!stalls", "hastyUrl", "deadline"],
  ]) {
    test(`${client} reads that an answer failed: ${code}`, async () => {
      const events = await ask(gateway[where], question);
      const { type, error } = events.at(-1);

      assert.deepEqual({ type, error }, { type: "error", error: code });
      assert.ok(events.every(({ type }) => type !== "complete"));
    });
  }
}
