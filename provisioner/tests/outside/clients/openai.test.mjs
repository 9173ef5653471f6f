// OpenAI's own client against the function.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import OpenAI from "openai";
import { JUDGE, QUESTION, SAGES, startGateway } from "./gateway.mjs";

let gateway;

before(async () => { gateway = await startGateway(); });
after(() => gateway?.stop());

/** Counts its requests: the client repeats some by itself. */
function clientOf(url) {
  const client = new OpenAI({
    baseURL: `${url}/openai/v1`,
    apiKey: "not needed",
    fetch: (...request) => {
      client.requests += 1;
      return fetch(...request);
    },
  });
  client.requests = 0;
  return client;
}

const asking = (content, more = {}) => ({ model: "magi", messages: [{ role: "user", content }], ...more });

/** Reads a stream to its end: the texts, the chunks, and the error if there is one. */
async function read(stream) {
  const answer = { content: "", reasoning: "", chunks: [], error: undefined };
  try {
    for await (const chunk of stream) {
      answer.chunks.push(chunk);
      const delta = chunk.choices[0]?.delta;
      answer.content += delta?.content ?? "";
      answer.reasoning += delta?.reasoning_content ?? "";
    }
  } catch (error) {
    answer.error = error;
  }
  return answer;
}

test("the agents are the models", async () => {
  const models = [];
  for await (const model of clientOf(gateway.url).models.list()) models.push(model.id);

  assert.deepEqual(models, ["magi"]);
});

test("a stream has the verdict as content and the sages as reasoning", async () => {
  const said = await gateway.witness(QUESTION);
  const answer = await read(await clientOf(gateway.url).chat.completions.create(asking(QUESTION, {
    stream: true, stream_options: { include_usage: true }, temperature: 0.2, tools: [],
  })));

  assert.equal(answer.error, undefined);
  assert.equal(answer.content, said.get(JUDGE));
  for (const sage of SAGES) assert.ok(answer.reasoning.includes(`[${sage}] ${said.get(sage).slice(0, 20)}`));
  const { id, model, created } = answer.chunks[0];
  assert.ok(id.startsWith("chatcmpl-") && created > 1_700_000_000);
  assert.equal(model, "magi");
  assert.ok(answer.chunks.every((chunk) => chunk.id === id && chunk.object === "chat.completion.chunk"));
  assert.equal(answer.chunks.at(-2).choices[0].finish_reason, "stop");
  const { choices, usage } = answer.chunks.at(-1);
  assert.deepEqual(choices, []);
  assert.ok(usage.prompt_tokens > 0 && usage.total_tokens === usage.prompt_tokens + usage.completion_tokens);
  assert.ok(answer.chunks.slice(0, -1).every((chunk) => chunk.usage === null));
});

test("usage is told in a stream only when it is asked for", async () => {
  const answer = await read(await clientOf(gateway.url).chat.completions.create(asking("!one-chunk", { stream: true })));

  assert.ok(answer.content);
  assert.ok(answer.chunks.every((chunk) => !("usage" in chunk)));
});

test("the client's own helper puts a stream together", async () => {
  const said = await gateway.witness(QUESTION);
  const completion = await clientOf(gateway.url).chat.completions.stream(asking(QUESTION)).finalChatCompletion();

  assert.equal(completion.choices[0].message.content, said.get(JUDGE));
});

test("a whole answer has the same text", async () => {
  const said = await gateway.witness(QUESTION);
  const { choices: [choice], usage, object } = await clientOf(gateway.url).chat.completions.create(asking(QUESTION));

  assert.equal(object, "chat.completion");
  assert.equal(choice.message.content, said.get(JUDGE));
  assert.equal(choice.finish_reason, "stop");
  assert.ok(choice.message.reasoning_content.includes("[CASPAR] "));
  assert.ok(usage.total_tokens > 0);
});

test("a conversation with all kinds of messages is understood", async () => {
  const { choices } = await clientOf(gateway.url).chat.completions.create({
    model: "magi",
    messages: [
      { role: "system", content: "be brief" },
      { role: "user", content: "hello" },
      { role: "assistant", content: "hello" },
      { role: "user", content: [{ type: "text", text: "!one-chunk" }] },
    ],
    metadata: { session_id: "s-1" },
  });

  assert.equal(choices[0].message.content, (await gateway.witness("!one-chunk")).get(JUDGE));
});

for (const [why, question, code] of [
  ["throttled midway", "!throttled-midway", "throttled"],
  ["a broken connection", "!closes", "connection_lost"],
]) {
  test(`${why} is an error in the stream, and what was said before stays`, async () => {
    const said = (await gateway.witness(question)).get(JUDGE);
    const answer = await read(await clientOf(gateway.url).chat.completions.create(asking(question, { stream: true })));

    assert.ok(answer.error instanceof OpenAI.APIError, String(answer.error));
    assert.equal(answer.error.code, code);
    assert.equal(answer.content, said);
    assert.ok(answer.chunks.every(({ choices: [choice] }) => choice.finish_reason === null));
  });

  test(`${why} is an error of a whole answer, which is not asked for again`, async () => {
    const client = clientOf(gateway.url);
    const failure = await client.chat.completions.create(asking(question)).catch((error) => error);

    assert.ok(failure instanceof OpenAI.APIError, String(failure));
    assert.equal(failure.code, code);
    assert.ok(failure.status >= 400);
    assert.equal(client.requests, 1, "the agent had begun: a run must not be repeated");
  });
}

test("a whole answer that was throttled before it began is asked for again", async () => {
  const client = clientOf(gateway.url);
  const failure = await client.chat.completions.create(asking("!throttled")).catch((error) => error);

  assert.ok(failure instanceof OpenAI.RateLimitError, String(failure));
  assert.equal(client.requests, 3);
});

test("the deadline is an error, streamed or not", async () => {
  const client = clientOf(gateway.hastyUrl);
  const answer = await read(await client.chat.completions.create(asking("!stalls", { stream: true })));
  assert.equal(answer.error?.code, "deadline");

  const failure = await client.chat.completions.create(asking("!stalls")).catch((error) => error);
  assert.equal(failure.status, 504);
  assert.equal(failure.code, "deadline");
  assert.equal(client.requests, 2);
});

test("an unknown model and an unknown agent are the same", async () => {
  const failure = await clientOf(gateway.url).chat.completions.create({ ...asking("x"), model: "gpt-4o" })
    .catch((error) => error);

  assert.ok(failure instanceof OpenAI.NotFoundError, String(failure));
  assert.deepEqual([failure.code, failure.param, failure.type], ["model_not_found", "model", "invalid_request_error"]);
});

test("what is no text is refused by name", async () => {
  const failure = await clientOf(gateway.url).chat.completions.create(asking([
    { type: "text", text: "what is this?" }, { type: "image_url", image_url: { url: "https://example.com/a.png" } },
  ])).catch((error) => error);

  assert.ok(failure instanceof OpenAI.BadRequestError, String(failure));
  assert.equal(failure.code, "unsupported_content");
});
