// Runtimes that speak AG-UI and A2A, behind the function, with AG-UI's own client, which verifies the order and the
// pairing of all events.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { HttpAgent, buildResumeArray } from "@ag-ui/client";
import { EventType } from "@ag-ui/core";
import { EventSchema } from "@ag-ui/core/schemas";
import { JUDGE, QUESTION, SAGES, startGateway } from "./gateway.mjs";

const ASKS_BACK = "!return-control";
const DONE = "教えてくれたのは「晴れ」ですね。覚えておきましょう。";
const arn = (name) => `arn:aws:bedrock-agentcore:ap-northeast-1:123456789012:runtime/${name}-Council001`;

let gateway;

before(async () => {
  gateway = await startGateway({
    settings: {
      agents: {
        "ag-ui": { runtime: arn("magi_agui"), protocol: "ag-ui", name: JUDGE },
        a2a: { runtime: arn("magi_a2a"), protocol: "a2a", name: JUDGE },
      },
      default_agent: "ag-ui",
    },
  });
});
after(() => gateway?.stop());

const clientOf = () => new HttpAgent({ url: `${gateway.url}/ag-ui`, threadId: crypto.randomUUID() });

/** Runs once more; all events. */
async function run(client, agent, parameters = {}) {
  const events = [];
  await client.runAgent({ forwardedProps: { agent }, ...parameters }, { onEvent: ({ event }) => { events.push(event); } });
  return events;
}

async function ask(client, agent, content) {
  client.addMessage({ id: crypto.randomUUID(), role: "user", content });
  return await run(client, agent);
}

/** What the agent says in the native dialect. */
async function witness(agent, question) {
  const response = await fetch(gateway.url, {
    method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ agent, question }),
  });
  const events = (await response.text()).split("\n").filter((line) => line.startsWith("data: "))
    .map((line) => JSON.parse(line.slice(6)));
  assert.equal(events.at(-1).type, "complete", JSON.stringify(events.at(-1)));
  const said = new Map();
  for (const { type, agent, content } of events) {
    if (type === "chunk") said.set(agent, (said.get(agent) ?? "") + content);
  }
  return said;
}

for (const agent of ["ag-ui", "a2a"]) {
  test(`${agent}: the council is heard, and every event is one of the protocol's`, async () => {
    const said = await witness(agent, QUESTION);
    assert.ok(said.get(JUDGE).includes("三人の声を聞きました。"));
    if (agent === "ag-ui") assert.deepEqual([...said.keys()].sort(), [...SAGES, JUDGE].sort());

    const client = clientOf();
    const events = await ask(client, agent, QUESTION);
    for (const event of events) {
      const read = EventSchema.safeParse(event);
      assert.ok(read.success, `${JSON.stringify(event)}: ${read.error}`);
    }
    assert.equal(events.at(-1).type, EventType.RUN_FINISHED);
    const heard = client.messages.filter(({ role, subagentRunId }) => role === "assistant" && !subagentRunId);
    assert.equal(heard.map(({ content }) => content).join(""), said.get(JUDGE));
  });

  test(`${agent}: it asks back, and goes on with the answer`, async () => {
    const client = clientOf();
    await ask(client, agent, ASKS_BACK);
    const [interrupt] = client.pendingInterrupts;
    assert.equal(interrupt.message, "この内容で進めてよいですか？");

    const resume = buildResumeArray(client.pendingInterrupts, { [interrupt.id]: { status: "resolved", payload: "晴れ" } });
    await run(client, agent, { resume });
    assert.deepEqual(client.pendingInterrupts, []);
    assert.equal(client.messages.at(-1).content, DONE);
  });

  test(`${agent}: a failure is one`, async () => {
    const events = [];
    const client = clientOf();
    client.addMessage({ id: "1", role: "user", content: "!throttled-midway" });
    await client.runAgent({ forwardedProps: { agent } }, { onEvent: ({ event }) => { events.push(event); } }).catch(() => {});
    assert.equal(events.at(-1).type, EventType.RUN_ERROR);
    assert.equal(events.at(-1).code, "agent_failed");
  });
}
