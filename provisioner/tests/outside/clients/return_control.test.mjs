// An agent hands a task to its client and goes on with the result: there and back, through each
// client's own way of doing so.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { HttpAgent, buildResumeArray } from "@ag-ui/client";
import * as ai6 from "ai";
import * as ai7 from "ai7";
import OpenAI from "openai";
import { chat } from "./chat.mjs";
import { startGateway } from "./gateway.mjs";
import { ACTION, DONE, INVOCATION_ID, startHandAgent } from "./returning_agent.mjs";

const QUESTION = "上野の公園を閉じてください";
const RESULT = {
  functionResult: {
    actionGroup: "parks", function: "close", agentId: "MAGICOUNCL", responseBody: { TEXT: { body: "closed" } },
  },
};

let agent;
let gateway;

before(async () => {
  agent = await startHandAgent();
  gateway = await startGateway(agent);
});
beforeEach(() => { agent.asked.length = 0; });
after(async () => {
  await gateway?.stop();
  await agent?.stop();
});

/** What the agent has been asked: the question, then the result in the same session. */
function assertThereAndBack() {
  assert.equal(agent.asked.length, 2);
  const [there, back] = agent.asked;
  assert.equal(there.body.inputText, QUESTION);
  assert.equal(back.session, there.session);
  const { invocationId, returnControlInvocationResults } = back.body.sessionState;
  assert.equal(invocationId, INVOCATION_ID);
  assert.deepEqual(returnControlInvocationResults, [RESULT]);
}

for (const [version, ai] of Object.entries({ ai6, ai7 })) {
  test(`${version}: it is a call of the page's own tool`, async () => {
    let conversation;
    const finished = new Promise((resolve, reject) => {
      const answers = [];
      conversation = chat(ai, gateway.url, {}, {
        sendAutomaticallyWhen: ai.lastAssistantMessageIsCompleteWithToolCalls,
        onToolCall({ toolCall }) {
          assert.equal(toolCall.toolName, "close");
          assert.deepEqual(toolCall.input, ACTION);
          conversation.addToolOutput({ tool: toolCall.toolName, toolCallId: toolCall.toolCallId, output: "closed" });
        },
        onFinish: (end) => answers.push(end) === 2 && resolve(answers),
        onError: reject,
      });
    });
    await conversation.sendMessage({ text: QUESTION });
    const answers = await finished;

    assertThereAndBack();
    assert.deepEqual(answers.map(({ finishReason }) => finishReason), ["tool-calls", "stop"]);
    // One message, gone on with.
    assert.deepEqual(conversation.messages.map(({ role }) => role), ["user", "assistant"]);
    assert.equal(conversation.lastMessage.parts.findLast(({ type }) => type === "text").text, DONE);
  });
}

test("AG-UI: it interrupts the run, and the next one resumes", async () => {
  const client = new HttpAgent({ url: `${gateway.url}/ag-ui`, threadId: crypto.randomUUID() });
  client.addMessage({ id: "1", role: "user", content: QUESTION });
  await client.runAgent();
  const [interrupt] = client.pendingInterrupts;
  assert.equal(interrupt.id, INVOCATION_ID);
  assert.deepEqual(interrupt.metadata.invocationInputs, [{ functionInvocationInput: ACTION }]);

  const resume = buildResumeArray(client.pendingInterrupts, { [interrupt.id]: { status: "resolved", payload: [RESULT] } });
  await client.runAgent({ resume });

  assertThereAndBack();
  assert.deepEqual(client.pendingInterrupts, []);
  assert.equal(client.messages.at(-1).content, DONE);
});

for (const streamed of [false, true]) {
  test(`OpenAI: it is a call of the program's own tool, ${streamed ? "streamed" : "whole"}`, async () => {
    const client = new OpenAI({ baseURL: `${gateway.url}/openai/v1`, apiKey: "not needed" });
    const messages = [{ role: "user", content: QUESTION }];
    const ask = async () => {
      const asking = { model: "magi", messages };
      const completion = streamed
        ? await client.chat.completions.stream(asking).finalChatCompletion()
        : await client.chat.completions.create(asking);
      return completion.choices[0];
    };
    const { message, finish_reason } = await ask();
    assert.equal(finish_reason, "tool_calls");
    const [call] = message.tool_calls;
    assert.equal(call.function.name, "close");
    assert.deepEqual(JSON.parse(call.function.arguments), ACTION);

    // No session is named: the call knows it.
    messages.push(message, { role: "tool", tool_call_id: call.id, content: "closed" });
    const answer = await ask();
    assertThereAndBack();
    assert.equal(answer.message.content, DONE);
    assert.equal(answer.finish_reason, "stop");
  });
}
