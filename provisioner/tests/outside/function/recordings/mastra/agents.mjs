// Mastra inside Amazon's package for Node.js.

import { Agent } from "@mastra/core/agent";
import { createTool } from "@mastra/core/tools";
import { z } from "zod";
import {
  ANSWER, LOOKING, PIECES, SECRET_FAILURE, SECRET_RESULT, THOUGHT, TOOL, TOOL_INPUT, answer, program, serve, spoken, versions,
} from "./hosting.mjs";

const LOOKS = { text: LOOKING, calls: TOOL };
const ANSWERS = { text: PIECES };
const usage = { inputTokens: 10, outputTokens: 5, totalTokens: 15 };
const call = (turn) => ({
  type: "tool-call", toolCallId: "call-1", toolName: turn.calls, input: JSON.stringify(TOOL_INPUT),
});
const reason = (turn) => (turn.calls ? "tool-calls" : "stop");

async function* parts(turn) {
  yield { type: "stream-start", warnings: [] };
  yield { type: "response-metadata", id: "response-1", modelId: "played", timestamp: new Date(0) };
  if (turn.thought) {
    yield { type: "reasoning-start", id: "thought" };
    for (const delta of turn.thought) yield { type: "reasoning-delta", id: "thought", delta };
    yield { type: "reasoning-end", id: "thought" };
  }
  yield { type: "text-start", id: "text" };
  for await (const delta of spoken(turn.text)) yield { type: "text-delta", id: "text", delta };
  if (turn.breaks) {
    yield { type: "error", error: new Error(SECRET_FAILURE) };
    return;
  }
  yield { type: "text-end", id: "text" };
  if (turn.calls) yield call(turn);
  yield { type: "finish", finishReason: reason(turn), usage };
}

/** Says the given turns, one for each call: a model as the AI SDK 5 has them. */
function model(...turns) {
  return {
    specificationVersion: "v2", provider: "played", modelId: "played", supportedUrls: {},
    doStream: async () => ({ stream: ReadableStream.from(parts(turns.shift())) }),
    doGenerate: async () => {
      const turn = turns.shift();
      const content = [{ type: "text", text: turn.text.join("") }, ...(turn.calls ? [call(turn)] : [])];
      return { content, finishReason: reason(turn), usage, warnings: [] };
    },
  };
}

const getWeather = createTool({
  id: TOOL, description: "Tells the weather.", inputSchema: z.object({ city: z.string() }),
  outputSchema: z.object({ weather: z.string() }), execute: async () => ({ weather: SECRET_RESULT }),
});
const agent = (...turns) =>
  new Agent({ name: "SOLOMON", instructions: "Answer.", model: model(...turns), tools: { [TOOL]: getWeather } });

await serve("Mastra", await versions("@mastra/core", "bedrock-agentcore"), {
  texts: [
    answer("the text stream: strings, which Amazon's package sends as they are", { before: LOOKING }),
    async function* ({ prompt }) { yield* (await agent(LOOKS, ANSWERS).stream(prompt)).textStream; },
  ],
  full_stream: [
    answer("the full stream as it is", { before: LOOKING, tools: [TOOL], reasoning: THOUGHT }),
    async function* ({ prompt }) {
      yield* (await agent({ ...LOOKS, thought: THOUGHT }, ANSWERS).stream(prompt)).fullStream;
    },
  ],
  full_stream_break: [
    answer("the full stream, and the model fails", { end: "agent_failed" }),
    async function* ({ prompt }) {
      yield* (await agent({ ...ANSWERS, breaks: true }).stream(prompt, { modelSettings: { maxRetries: 0 } })).fullStream;
    },
  ],
  result: [
    program("`{result}`, not streamed", { text: [LOOKING.join("") + ANSWER] }),
    async ({ prompt }) => ({ result: (await agent(LOOKS, ANSWERS).generate(prompt)).text }),
  ],
});
