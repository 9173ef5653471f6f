// The JavaScript SDK examines the scripted agents: InvokeAgent's event stream as AWS's own client reads it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { BedrockAgentRuntimeClient, InvokeAgentCommand } from "@aws-sdk/client-bedrock-agent-runtime";
import { AGENT, refuses, startDev } from "../support/local_aws.mjs";

let dev;
let client;

before(async () => {
  dev = await startDev("--no-deploy", "--speed", "0");
  client = new BedrockAgentRuntimeClient(dev.config);
});

after(async () => {
  client?.destroy();
  await dev?.stop();
});

const ask = (inputText) => client.send(new InvokeAgentCommand({
  ...AGENT, sessionId: "javascript", inputText, enableTrace: true,
  streamingConfigurations: { streamFinalResponse: true },
}));

test("an agent's answer comes as chunks and traces", async () => {
  const { completion, sessionId } = await ask("東京に新しい公園を作るべきか");
  const chunks = [];
  const collaborators = new Set();
  for await (const event of completion) {
    if (event.chunk) chunks.push(event.chunk.bytes);
    if (event.trace?.collaboratorName) collaborators.add(event.trace.collaboratorName);
  }

  assert.equal(sessionId, "javascript");
  assert.ok(chunks.length > 1);
  assert.match(Buffer.concat(chunks).toString(), /\p{Script=Han}/u);
  assert.deepEqual([...collaborators].sort(), ["BALTHASAR", "CASPAR", "MELCHIOR"]);
});

test("a refusal before the stream has AWS's name", async () => {
  await refuses(ask("!throttled"), "ThrottlingException");
  await refuses(ask("!not-found"), "ResourceNotFoundException");
});

test("an exception in the stream has AWS's name", async () => {
  for (const [question, name, speaks] of [
    ["!throttled-midway", "ThrottlingException", true],
    ["!denied", "AccessDeniedException", false],
  ]) {
    const { completion } = await ask(question);
    let chunks = 0;
    await assert.rejects(async () => {
      for await (const event of completion) chunks += event.chunk ? 1 : 0;
    }, { name });
    assert.equal(chunks > 0, speaks, question);
  }
});

test("a connection that breaks is an error, not an end", async () => {
  const { completion } = await ask("!closes");

  await assert.rejects(async () => {
    for await (const event of completion) assert.ok(event);
  });
});

test("an agent that nobody has is not found", async () => {
  const command = new InvokeAgentCommand({ ...AGENT, agentId: "NOBODY", sessionId: "javascript", inputText: "x" });

  await refuses(client.send(command), "ResourceNotFoundException");
});
