// Images and files as other people's clients send them, through the function to an AgentCore runtime.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { HttpAgent } from "@ag-ui/client";
import * as ai6 from "ai";
import * as ai7 from "ai7";
import OpenAI from "openai";
import { chat } from "./chat.mjs";
import { startGateway } from "./gateway.mjs";

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 255]);
const CSV = Buffer.from("名前,数\n");
const dataUrl = (mediaType, content) => `data:${mediaType};base64,${content.toString("base64")}`;
const IMAGE = { type: "file", mediaType: "image/png", filename: "a.png", url: dataUrl("image/png", PNG) };
const TABLE = { type: "file", mediaType: "text/csv", filename: "表.csv", url: dataUrl("text/csv", CSV) };

let runtime;
let gateway;

before(async () => {
  const asked = [];
  const server = createServer(async (request, response) => {
    asked.push(JSON.parse(Buffer.concat(await request.toArray()).toString()));
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ result: "見えます" }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  runtime = { asked, server };
  const arn = "arn:aws:bedrock-agentcore:ap-northeast-1:123456789012:runtime/magi-Council001";
  gateway = await startGateway({
    settings: { agents: { a: { runtime: arn } }, default_agent: "a" },
    environment: { AWS_ENDPOINT_URL_BEDROCK_AGENTCORE: `http://127.0.0.1:${server.address().port}` },
  });
});
after(async () => {
  await gateway?.stop();
  runtime?.server.closeAllConnections();
  runtime?.server.close();
});

/** What the agent got of its last question. */
function got() {
  const { prompt, files = [], history = [] } = runtime.asked.at(-1);
  const read = (list) => list.map(({ name, mediaType, data }) => [name, mediaType, Buffer.from(data, "base64")]);
  return { prompt, files: read(files), history: history.map((turn) => read(turn.files ?? [])) };
}

for (const [version, ai] of Object.entries({ ai6, ai7 })) {
  test(`${version}: a chat sends files, and sends them again with the next question`, async () => {
    const conversation = chat(ai, gateway.url);
    await conversation.sendMessage({ text: "何？", files: [IMAGE, TABLE] });

    assert.equal(conversation.status, "ready", conversation.error);
    const files = [["a.png", "image/png", PNG], ["表.csv", "text/csv", CSV]];
    assert.deepEqual(got(), { prompt: "何？", files, history: [] });
    assert.equal(conversation.lastMessage.parts.find(({ type }) => type === "text").text, "見えます");

    await conversation.sendMessage({ text: "もう一度" });
    assert.deepEqual(got(), { prompt: "もう一度", files: [], history: [files, []] });

    await conversation.sendMessage({ files: [IMAGE] });
    assert.deepEqual(got().files, [["a-2.png", "image/png", PNG]]);
  });

  test(`${version}: a file that is elsewhere is refused, and the chat goes on without it`, async () => {
    const conversation = chat(ai, gateway.url);
    const count = runtime.asked.length;
    await conversation.sendMessage({ text: "何？", files: [{ ...IMAGE, url: "https://example.com/a.png" }] });

    assert.equal(conversation.status, "error");
    assert.match(conversation.error.message, /data URL.*\(unsupported_content\)/);
    assert.equal(runtime.asked.length, count);
    await conversation.sendMessage({ text: "では、これは？" });
    assert.equal(conversation.status, "ready", conversation.error);
  });
}

test("OpenAI: images and files of a question", async () => {
  const client = new OpenAI({ baseURL: `${gateway.url}/openai/v1`, apiKey: "-", maxRetries: 0 });
  const ask = (...content) =>
    client.chat.completions.create({ model: "a", messages: [{ role: "user", content: [{ type: "text", text: "何？" }, ...content] }] });
  const completion = await ask(
    { type: "image_url", image_url: { url: IMAGE.url } },
    { type: "file", file: { filename: TABLE.filename, file_data: TABLE.url } },
  );

  assert.equal(completion.choices[0].message.content, "見えます");
  assert.deepEqual(got().files, [["image.png", "image/png", PNG], ["表.csv", "text/csv", CSV]]);
  await assert.rejects(ask({ type: "input_audio", input_audio: { data: "AAAA", format: "wav" } }), (error) => {
    assert.equal(error.status, 400);
    assert.equal(error.code, "unsupported_content");
    assert.match(error.message, /`file` with a data URL/);
    return true;
  });
});

test("AG-UI: parts of 1.0, and the binary parts before it", async () => {
  const source = { type: "data", value: PNG.toString("base64"), mimeType: "image/png" };
  for (const part of [
    { type: "image", source, metadata: { filename: "a.png" } },
    { type: "binary", mimeType: "image/png", data: PNG.toString("base64"), filename: "a.png" },
    { type: "binary", mimeType: "image/png", url: IMAGE.url, filename: "a.png" },
  ]) {
    const agent = new HttpAgent({ url: `${gateway.url}/ag-ui`, threadId: crypto.randomUUID() });
    agent.addMessage({ id: "1", role: "user", content: [{ type: "text", text: "何？" }, part] });
    await agent.runAgent();

    assert.equal(agent.messages.at(-1).content, "見えます");
    assert.deepEqual(got(), { prompt: "何？", files: [["a.png", "image/png", PNG]], history: [] });
  }
});
