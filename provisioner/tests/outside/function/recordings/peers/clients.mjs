// Clients that read an agent's answer by themselves, if it speaks their protocol: the Vercel AI SDK's two transports
// and AG-UI's HttpAgent, which CopilotKit's runtime runs as well.
//
// stdin: the client's name, the agent's address and the questions, as JSON. stdout: a line of JSON for each.

import { text } from "node:stream/consumers";
import { HttpAgent } from "@ag-ui/client";
import { AbstractChat, DefaultChatTransport, TextStreamChatTransport } from "ai";
import { chat } from "../../../clients/chat.mjs";

console.warn = console.error = console.log = () => {};
// What a client leaves unhandled is its failure, which it tells by itself or not.
process.on("uncaughtException", () => {}).on("unhandledRejection", () => {});
const { client, address, questions } = JSON.parse(await text(process.stdin));

async function aiSdk(question, Transport) {
  const conversation = chat({ AbstractChat, DefaultChatTransport }, address, {}, {
    transport: new Transport({ api: `${address}/invocations` }),
  });
  await conversation.sendMessage({ text: question });
  const parts = conversation.lastMessage?.role === "assistant" ? conversation.lastMessage.parts : [];
  return {
    pieces: parts.filter(({ type }) => type === "text").map((part) => part.text),
    failed: conversation.status === "error",
  };
}

async function agUi(question) {
  const agent = new HttpAgent({ url: `${address}/invocations`, threadId: crypto.randomUUID() });
  agent.addMessage({ id: crypto.randomUUID(), role: "user", content: question });
  let failed = false;
  const pieces = [];
  await agent.runAgent({}, {
    onTextMessageContentEvent: ({ event }) => { pieces.push(event.delta); },
    onRunErrorEvent: () => { failed = true; },
  }).catch(() => { failed = true; });
  return { pieces, failed };
}

const ask = {
  "ai-sdk": (question) => aiSdk(question, DefaultChatTransport),
  "ai-sdk-text": (question) => aiSdk(question, TextStreamChatTransport),
  "ag-ui": agUi,
}[client];

for (const question of questions) {
  process.stdout.write(`${JSON.stringify(await ask(question))}\n`);
}
process.exit(0);
