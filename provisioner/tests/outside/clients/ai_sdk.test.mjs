// The Vercel AI SDK against the function: `AbstractChat` is what `useChat` is made of.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import * as ai6 from "ai";
import * as ai7 from "ai7";
import { chat } from "./chat.mjs";
import { JUDGE, QUESTION, SAGES, startGateway } from "./gateway.mjs";

let gateway;

before(async () => { gateway = await startGateway(); });
after(() => gateway?.stop());

const texts = (message) => message.parts.filter(({ type }) => type === "text");
const speaker = (part) => part.providerMetadata.gateway.agent;
const textOf = (message, agent) =>
  texts(message).filter((part) => speaker(part) === agent).map(({ text }) => text).join("");

for (const [version, ai] of Object.entries({ ai6, ai7 })) {
  test(`${version}: the council's answer becomes one message with a part for each speech`, async () => {
    const said = await gateway.witness(QUESTION);
    const conversation = chat(ai, gateway.url);
    await conversation.sendMessage({ text: QUESTION });

    assert.equal(conversation.status, "ready", conversation.error);
    const [{ isError, finishReason }] = conversation.heard.finished;
    assert.deepEqual({ isError, finishReason }, { isError: false, finishReason: "stop" });
    const answer = conversation.lastMessage;
    assert.equal(answer.role, "assistant");
    for (const agent of [JUDGE, ...SAGES]) assert.equal(textOf(answer, agent), said.get(agent));
    assert.ok(texts(answer).every(({ state }) => state === "done"));
    // Two rounds of three, and the verdict.
    assert.equal(texts(answer).length, 7);
  });

  test(`${version}: the message tells who is there, what they do and what it cost`, async () => {
    const conversation = chat(ai, gateway.url);
    await conversation.sendMessage({ text: QUESTION });
    const { parts, metadata } = conversation.lastMessage;
    const data = (type) => parts.filter((part) => part.type === type).map((part) => part.data);

    assert.deepEqual(data("data-agent").map(({ agent }) => agent).sort(), [...SAGES, JUDGE].sort());
    // One part a member, replaced each time.
    assert.deepEqual(data("data-status").map(({ state }) => state), Array(4).fill("done"));
    assert.ok(conversation.heard.data.some(({ type, data: told }) =>
      type === "data-status" && told.agent === JUDGE && told.state === "judging"));
    assert.ok(conversation.heard.data.some(({ type }) => type === "data-trace"));
    assert.deepEqual(data("data-trace"), []);
    assert.equal(metadata.sessionId, conversation.id);
    assert.ok(metadata.usage.inputTokens > 0 && metadata.usage.outputTokens > 0);
    assert.equal(metadata.usageByAgent.length, 4);
  });

  test(`${version}: a conversation goes on, and an answer can be asked for again`, async () => {
    const conversation = chat(ai, gateway.url, { trace: "off" });
    await conversation.sendMessage({ text: "!one-chunk" });
    await conversation.sendMessage({ text: "!one-chunk" });
    await conversation.regenerate();

    assert.equal(conversation.status, "ready", conversation.error);
    assert.deepEqual(conversation.messages.map(({ role }) => role), ["user", "assistant", "user", "assistant"]);
    const [first, second] = [1, 3].map((at) => textOf(conversation.messages[at], JUDGE));
    assert.ok(first && first === second);
    assert.ok(!conversation.heard.data.some(({ type }) => type === "data-trace"));
  });

  for (const [why, question, code] of [
    ["throttled midway", "!throttled-midway", "throttled"],
    ["a broken connection", "!closes", "connection_lost"],
    ["a refusal of the agent's", "!not-found", "agent_not_found"],
  ]) {
    test(`${version}: ${why} is an error, and what was said before stays`, async () => {
      const said = (await gateway.witness(question)).get(JUDGE) ?? "";
      const conversation = chat(ai, gateway.url);
      await conversation.sendMessage({ text: question });

      assert.equal(conversation.status, "error");
      assert.ok(conversation.error.message.endsWith(`(${code})`), conversation.error.message);
      assert.equal(conversation.heard.finished[0].isError, true);
      const told = conversation.heard.data.find(({ type }) => type === "data-error").data;
      assert.equal(told.code, code);
      assert.equal(typeof told.retryable, "boolean");
      assert.equal(textOf(conversation.lastMessage, JUDGE), said);
    });
  }

  test(`${version}: the deadline is an error`, async () => {
    const conversation = chat(ai, gateway.hastyUrl);
    await conversation.sendMessage({ text: "!stalls" });

    assert.equal(conversation.status, "error");
    assert.match(conversation.error.message, /\(deadline\)$/);
  });

  test(`${version}: a refused request is an error with its sentence`, async () => {
    const conversation = chat(ai, gateway.url, { agent: "nobody" });
    await conversation.sendMessage({ text: QUESTION });

    assert.equal(conversation.status, "error");
    assert.equal(conversation.error.message, "there is no agent `nobody` here; there is: magi (unknown_agent)");
  });
}
