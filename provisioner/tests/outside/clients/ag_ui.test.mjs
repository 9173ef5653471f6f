// AG-UI's own client against the function. It verifies the order and the pairing of all events.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { HttpAgent } from "@ag-ui/client";
import { EventType } from "@ag-ui/core";
import { EventSchema } from "@ag-ui/core/schemas";
import { JUDGE, QUESTION, SAGES, startGateway } from "./gateway.mjs";

let gateway;

before(async () => { gateway = await startGateway(); });
after(() => gateway?.stop());

/** Runs an agent once; all events, and the error if there is one. */
async function run(agent, question, parameters = {}) {
  const events = [];
  let error;
  agent.addMessage({ id: crypto.randomUUID(), role: "user", content: question });
  await agent.runAgent(parameters, {
    onEvent: ({ event }) => { events.push(event); },
    onRunErrorEvent: ({ event }) => { error = event; },
  }).catch((thrown) => { error ??= thrown; });
  return { events, error };
}

const agentOf = (url, threadId = crypto.randomUUID()) => new HttpAgent({ url: `${url}/ag-ui`, threadId });
const ofType = (events, type) => events.filter((event) => event.type === type);
const custom = (events, name) =>
  ofType(events, EventType.CUSTOM).filter((event) => event.name === name).map(({ value }) => value);

test("the council is a run with subagents, each of whose messages is its own", async () => {
  const said = await gateway.witness(QUESTION);
  const agent = agentOf(gateway.url);
  const { events, error } = await run(agent, QUESTION);

  assert.equal(error, undefined);
  const subagents = new Map(ofType(events, EventType.SUBAGENT_STARTED).map((event) => [event.subagentRunId, event.name]));
  assert.equal(subagents.size, 6, "two rounds of three");
  assert.deepEqual([...new Set(subagents.values())].sort(), SAGES);
  const text = (name) => agent.messages
    .filter((message) => message.role === "assistant" && (subagents.get(message.subagentRunId) ?? JUDGE) === name)
    .map(({ content }) => content).join("");
  for (const name of [JUDGE, ...SAGES]) assert.equal(text(name), said.get(name));
});

test("every event is one of the protocol's, and none is left out", async () => {
  const { events } = await run(agentOf(gateway.url), QUESTION);
  for (const event of events) {
    const read = EventSchema.safeParse(event);
    assert.ok(read.success, `${JSON.stringify(event)}: ${read.error}`);
  }

  const types = events.map(({ type }) => type);
  assert.equal(types[0], EventType.RUN_STARTED);
  assert.equal(types.at(-1), EventType.RUN_FINISHED);
  for (const [begin, end] of [["STEP_STARTED", "STEP_FINISHED"], ["SUBAGENT_STARTED", "SUBAGENT_FINISHED"],
    ["TEXT_MESSAGE_START", "TEXT_MESSAGE_END"]]) {
    assert.ok(ofType(events, begin).length > 0);
    assert.equal(ofType(events, begin).length, ofType(events, end).length);
  }
  assert.ok(custom(events, "status").some(({ agent, state }) => agent === JUDGE && state === "judging"));
  assert.deepEqual(custom(events, "agent").map(({ agent }) => agent).sort(), [...SAGES, JUDGE].sort());
  assert.ok(custom(events, "trace").every(({ step }) => step));
});

test("the end tells the outcome and what it cost", async () => {
  const agent = agentOf(gateway.url, "thread-1");
  const { events } = await run(agent, QUESTION, { runId: "run-1" });
  const { threadId, runId, outcome, usage: [usage], metadata } = events.at(-1);

  assert.deepEqual({ threadId, runId, outcome }, { threadId: "thread-1", runId: "run-1", outcome: { type: "success" } });
  assert.ok(usage.inputTokens > 0 && usage.totalTokens === usage.inputTokens + usage.outputTokens);
  assert.equal(metadata.gateway.usageByAgent.length, 4);
});

test("a conversation goes on, with the options of the application", async () => {
  const agent = agentOf(gateway.url);
  await run(agent, "!one-chunk");
  const { events, error } = await run(agent, "!one-chunk", { forwardedProps: { trace: "off", theme: "dark" } });

  assert.equal(error, undefined);
  assert.deepEqual(agent.messages.map(({ role }) => role), ["user", "assistant", "user", "assistant"]);
  assert.deepEqual(custom(events, "trace"), []);
});

for (const [why, question, code] of [
  ["throttled midway", "!throttled-midway", "throttled"],
  ["a broken connection", "!closes", "connection_lost"],
  ["a refusal of the agent's", "!not-found", "agent_not_found"],
]) {
  test(`${why} is a run error, and what was said before stays`, async () => {
    const said = (await gateway.witness(question)).get(JUDGE) ?? "";
    const { events, error } = await run(agentOf(gateway.url), question);

    assert.equal(error?.code, code);
    assert.equal(events.at(-1).type, EventType.RUN_ERROR);
    assert.equal(ofType(events, EventType.RUN_FINISHED).length, 0);
    assert.equal(ofType(events, EventType.TEXT_MESSAGE_CONTENT).map(({ delta }) => delta).join(""), said);
    assert.equal(typeof events.at(-1).metadata.gateway.retryable, "boolean");
  });
}

test("the deadline is a run error", async () => {
  const { error } = await run(agentOf(gateway.hastyUrl), "!stalls");

  assert.equal(error?.code, "deadline");
});

test("a refused request is an error with its code", async () => {
  const { error } = await run(agentOf(gateway.url), QUESTION, { forwardedProps: { agent: "nobody" } });

  assert.equal(error.status, 404);
  assert.deepEqual({ type: error.payload.type, code: error.payload.code }, { type: "RUN_ERROR", code: "unknown_agent" });
});
