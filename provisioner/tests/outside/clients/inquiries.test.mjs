// Agents that are not Bedrock's ask their client back, and go on with its answer: a harness calls an inline function,
// a runtime waits at an interrupt of Strands. There and back, through each client's own way of doing so.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { HttpAgent, buildResumeArray } from "@ag-ui/client";
import * as ai6 from "ai";
import * as ai7 from "ai7";
import OpenAI from "openai";
import { chat } from "./chat.mjs";
import { JUDGE, startGateway } from "./gateway.mjs";

const QUESTION = "!return-control";
const INPUT = { city: "東京" };
const DONE = "教えてくれたのは「晴れ」ですね。覚えておきましょう。";
const arn = (kind) => `arn:aws:bedrock-agentcore:ap-northeast-1:123456789012:${kind}/magi-Council001`;

// What LangChain's `HumanInTheLoopMiddleware` has LangGraph stream for two calls, as `stream_mode="updates"`.
const ACTIONS = [
  { name: "send_mail", args: { to: "市長" }, description: "送ってよいですか？" },
  { name: "close_park", args: { park: "上野" }, description: "閉じてよいですか？" },
];
const CALLS = ACTIONS.map(({ name, args }, index) => ({ name, args, id: `call-${index}`, type: "tool_call" }));
const HELD = [
  { model: { messages: [{ type: "ai", content: "", id: "run-1", tool_calls: CALLS, additional_kwargs: {}, response_metadata: {} }] } },
  { __interrupt__: [{ value: { action_requests: ACTIONS, review_configs: [] }, id: "i-1" }] },
];
const DECIDED = "片方だけにしました。";

// A model that calls a tool of the agent's, as ConverseStream tells it: the input in pieces.
const USES_A_TOOL = "道具を使って";
const converse = (event) => ({ event });
const PIECES = ['{"q":', '"公', '園"}'];
const USED = [
  converse({ contentBlockStart: { start: { toolUse: { toolUseId: "t-1", name: "search" } }, contentBlockIndex: 0 } }),
  ...PIECES.map((input) => converse({ contentBlockDelta: { delta: { toolUse: { input } }, contentBlockIndex: 0 } })),
  converse({ contentBlockStop: { contentBlockIndex: 0 } }),
  { message: { role: "user", content: [{ toolResult: { toolUseId: "t-1", status: "success", content: [{ text: "SECRET" }] } }] } },
  converse({ contentBlockDelta: { delta: { text: "ありました。" }, contentBlockIndex: 0 } }),
];

/** A program in LangGraph behind AgentCore's address; `asked` has its payloads. */
async function startLangGraph() {
  const asked = [];
  const server = createServer(async (request, response) => {
    const body = JSON.parse(Buffer.concat(await request.toArray()).toString());
    asked.push(body);
    const events = body.prompt === USES_A_TOOL ? USED : body.resume ? [{ type: "AIMessageChunk", content: DECIDED, additional_kwargs: {}, response_metadata: {} }] : HELD;
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(""));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    asked,
    environment: { AWS_ENDPOINT_URL_BEDROCK_AGENTCORE: `http://127.0.0.1:${server.address().port}` },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

let gateway;
let langGraph;
let approving;

before(async () => {
  langGraph = await startLangGraph();
  gateway = await startGateway({
    settings: {
      agents: {
        harness: { harness: arn("harness"), name: "HARUKA" },
        kept: { harness: arn("harness"), name: "HARUKA", history: "client" },
        runtime: { runtime: arn("runtime"), name: JUDGE },
      },
      default_agent: "harness",
    },
  });
  approving = await gateway.deploy("approving", 120, langGraph.environment, { trace: "full" });
});
after(async () => {
  await gateway?.stop();
  await langGraph?.stop();
});

/** Asks natively; all events. */
async function ask(body) {
  const response = await fetch(gateway.url, {
    method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) return { status: response.status, ...JSON.parse(text) };
  return text.split("\n").filter((line) => line.startsWith("data: ")).map((line) => JSON.parse(line.slice(6)));
}
const ofType = (events, type) => events.filter((event) => event.type === type);
const said = (events) => ofType(events, "chunk").map(({ content }) => content).join("");

for (const agent of ["harness", "kept", "runtime"]) {
  test(`native, ${agent}: the inquiry comes back with its answer`, async () => {
    const asked = await ask({ agent, question: QUESTION });
    assert.equal(asked.at(-1).type, "complete");
    const [{ invocationId, inquiries, ...rest }] = ofType(asked, "returnControl");
    assert.ok(!("invocationInputs" in rest));
    assert.equal(invocationId, asked[0].requestId);
    assert.equal(inquiries.length, 1);
    const [inquiry] = inquiries;
    assert.deepEqual([inquiry.kind, inquiry.name, inquiry.input],
      [agent === "runtime" ? "question" : "call", "forecast", INPUT]);
    // The call is the client's, and no tool of the agent's own.
    if (agent !== "runtime") assert.deepEqual(ofType(asked, "toolCall"), []);

    const { sessionId } = asked[0];
    const results = [{ ...inquiry, output: "晴れ" }];
    assert.equal(said(await ask({ agent, sessionId, returnControl: { invocationId, results } })), DONE);

    for (const [body, reason] of [
      [{ agent, sessionId: "another", returnControl: { invocationId, results } }, /another session/],
      [{ agent, sessionId, returnControl: { invocationId, results: [inquiry] } }, /one of `output`, `error` and `approved`/],
      [{ agent, sessionId, returnControl: { invocationId, results: [{ ...inquiry, id: "made-up", output: 1 }] } }, /is not of an inquiry/],
      [{ agent, sessionId, returnControl: { invocationId, results: [{ functionResult: { actionGroup: "g" } }] } }, /no Bedrock agent/],
    ]) {
      const refused = await ask(body);
      assert.equal(refused.status, 400, JSON.stringify(refused));
      assert.match(refused.message, reason);
    }
  });
}

for (const [version, ai] of Object.entries({ ai6, ai7 })) {
  for (const agent of ["harness", "kept", "runtime"]) {
    test(`${version}, ${agent}: it is a call of the page's own tool`, async () => {
      let conversation;
      const finished = new Promise((resolve, reject) => {
        const answers = [];
        conversation = chat(ai, gateway.url, { agent }, {
          sendAutomaticallyWhen: ai.lastAssistantMessageIsCompleteWithToolCalls,
          onToolCall({ toolCall }) {
            assert.equal(toolCall.toolName, "forecast");
            assert.deepEqual(toolCall.input, agent === "runtime" ? { input: INPUT } : INPUT);
            assert.ok(!toolCall.providerExecuted);
            conversation.addToolOutput({ tool: toolCall.toolName, toolCallId: toolCall.toolCallId, output: "晴れ" });
          },
          onFinish: (end) => answers.push(end) === 2 && resolve(answers),
          onError: reject,
        });
      });
      await conversation.sendMessage({ text: QUESTION });
      const answers = await finished;

      assert.deepEqual(answers.map(({ finishReason }) => finishReason), ["tool-calls", "stop"]);
      assert.deepEqual(conversation.messages.map(({ role }) => role), ["user", "assistant"]);
      const texts = conversation.lastMessage.parts.filter(({ type }) => type === "text");
      assert.equal(texts.at(-1).text, DONE);
    });
  }
}

test("AG-UI, harness: it is a call of a frontend tool, answered by a message", async () => {
  const client = new HttpAgent({ url: `${gateway.url}/ag-ui`, threadId: crypto.randomUUID() });
  client.addMessage({ id: "1", role: "user", content: QUESTION });
  await client.runAgent({ forwardedProps: { agent: "harness" } });
  const [call] = client.messages.flatMap(({ toolCalls }) => toolCalls ?? []);
  assert.equal(call.function.name, "forecast");
  assert.deepEqual(JSON.parse(call.function.arguments), INPUT);
  assert.deepEqual(client.pendingInterrupts, []);

  client.addMessage({ id: "2", role: "tool", toolCallId: call.id, content: "晴れ" });
  await client.runAgent({ forwardedProps: { agent: "harness" } });
  assert.equal(client.messages.at(-1).content, DONE);
});

test("AG-UI, runtime: it interrupts the run, and the next one resumes", async () => {
  const forwardedProps = { agent: "runtime" };
  const client = new HttpAgent({ url: `${gateway.url}/ag-ui`, threadId: crypto.randomUUID() });
  client.addMessage({ id: "1", role: "user", content: QUESTION });
  await client.runAgent({ forwardedProps });
  const [interrupt] = client.pendingInterrupts;
  assert.deepEqual([interrupt.reason, interrupt.metadata.input], ["forecast", INPUT]);

  const resume = buildResumeArray(client.pendingInterrupts, { [interrupt.id]: { status: "resolved", payload: "晴れ" } });
  await client.runAgent({ forwardedProps, resume });
  assert.deepEqual(client.pendingInterrupts, []);
  assert.equal(client.messages.at(-1).content, DONE);
});

for (const agent of ["harness", "kept", "runtime"]) {
  for (const streamed of [false, true]) {
    test(`OpenAI, ${agent}: it is a call of the program's own tool, ${streamed ? "streamed" : "whole"}`, async () => {
      const client = new OpenAI({ baseURL: `${gateway.url}/openai/v1`, apiKey: "not needed", maxRetries: 0 });
      const messages = [{ role: "user", content: QUESTION }];
      const ask = async () => {
        const asking = { model: agent, messages };
        const completion = streamed
          ? await client.chat.completions.stream(asking).finalChatCompletion()
          : await client.chat.completions.create(asking);
        return completion.choices[0];
      };
      const { message, finish_reason } = await ask();
      assert.equal(finish_reason, "tool_calls");
      const [call] = message.tool_calls;
      assert.equal(call.function.name, "forecast");
      assert.deepEqual(JSON.parse(call.function.arguments), agent === "runtime" ? { input: INPUT } : INPUT);

      messages.push(message, { role: "tool", tool_call_id: call.id, content: "晴れ" });
      const answer = await ask();
      assert.equal(answer.message.content, DONE);
      assert.equal(answer.finish_reason, "stop");

      // The other agent has asked nothing.
      const other = { model: agent === "runtime" ? "harness" : "runtime", messages };
      await assert.rejects(client.chat.completions.create(other), { status: 400, code: "invalid_return_control" });
    });
  }
}

for (const [version, ai] of Object.entries({ ai6, ai7 })) {
  test(`${version}: the page's user approves one call of two, and the agent learns which`, async () => {
    langGraph.asked.length = 0;
    let conversation;
    const finished = new Promise((resolve, reject) => {
      const answers = [];
      conversation = chat(ai, approving, { agent: "runtime" }, {
        sendAutomaticallyWhen: ai.lastAssistantMessageIsCompleteWithApprovalResponses,
        onToolCall: () => reject(new Error("the page has to execute nothing")),
        onFinish: (end) => answers.push(end) === 2 && resolve(answers),
        onError: reject,
      });
    });
    await conversation.sendMessage({ text: "頼みます" });
    const parts = conversation.lastMessage.parts.filter(({ state }) => state === "approval-requested");
    assert.deepEqual(parts.map(({ toolName, input }) => [toolName, input]), ACTIONS.map(({ name, args }) => [name, args]));
    // Each is the call that the page has seen.
    assert.deepEqual(parts.map(({ toolCallId }) => toolCallId), CALLS.map(({ id }) => id));
    const [send, close] = parts.map(({ approval }) => approval.id);
    await conversation.addToolApprovalResponse({ id: send, approved: true });
    await conversation.addToolApprovalResponse({ id: close, approved: false, reason: "夜だけに" });
    await finished;

    assert.equal(langGraph.asked.length, 2);
    assert.deepEqual(langGraph.asked[1].resume,
      { "i-1": { decisions: [{ type: "approve" }, { type: "reject", message: "夜だけに" }] } });
    const texts = conversation.lastMessage.parts.filter(({ type }) => type === "text");
    assert.equal(texts.at(-1).text, DECIDED);
  });
}

for (const [version, ai] of Object.entries({ ai6, ai7 })) {
  test(`${version}: tool input that streams is streamed, to whom may see it`, async () => {
    for (const [trace, expected] of [["full", { q: "公園" }], ["summary", null]]) {
      const seen = [];
      const conversation = chat(ai, approving, { agent: "runtime", trace }, {
        onToolCall: () => assert.fail("the tool is the agent's own"),
      });
      const transport = conversation.transport.sendMessages.bind(conversation.transport);
      conversation.transport.sendMessages = async (options) => (await transport(options)).pipeThrough(new TransformStream({
        transform(chunk, controller) {
          seen.push(chunk);
          controller.enqueue(chunk);
        },
      }));
      await conversation.sendMessage({ text: USES_A_TOOL });
      assert.deepEqual(conversation.heard.errors, []);
      const tool = conversation.lastMessage.parts.find(({ type }) => type === "dynamic-tool");
      assert.deepEqual([tool.toolName, tool.input, tool.state], ["search", expected, "output-available"]);
      const deltas = seen.filter(({ type }) => type === "tool-input-delta").map(({ inputTextDelta }) => inputTextDelta);
      assert.deepEqual(deltas, trace === "full" ? PIECES : []);
    }
  });
}

test("AG-UI: tool input that streams is streamed, to whom may see it", async () => {
  for (const trace of ["full", "summary"]) {
    const client = new HttpAgent({ url: `${approving}/ag-ui`, threadId: crypto.randomUUID() });
    client.addMessage({ id: "1", role: "user", content: USES_A_TOOL });
    const deltas = [];
    await client.runAgent({ forwardedProps: { agent: "runtime", trace } },
      { onToolCallArgsEvent: ({ event }) => { deltas.push(event.delta); } });
    assert.deepEqual(deltas, trace === "full" ? PIECES : []);
    const [call] = client.messages.flatMap(({ toolCalls }) => toolCalls ?? []);
    assert.deepEqual([call.id, call.function.arguments], ["t-1", deltas.join("")]);
    assert.equal(client.messages.at(-1).content, "ありました。");
  }
});
