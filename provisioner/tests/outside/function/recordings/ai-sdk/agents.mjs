// The Vercel AI SDK inside Amazon's package for Node.js, and in a web server of one's own.

import { stepCountIs, streamText, generateText, tool } from "ai";
import { MockLanguageModelV3 } from "ai/test";
import { z } from "zod";
import {
  ANSWER, ASKED_INPUT, LOOKING, PIECES, SECRET_FAILURE, SECRET_RESULT, THOUGHT, TOOL, TOOL_INPUT, answer, program, serve, spoken, versions,
} from "./hosting.mjs";

const LOOKS = { text: LOOKING, calls: TOOL };
const ANSWERS = { text: PIECES };
/** Calls the tool with what the client may see. */
const ASKS = { ...LOOKS, input: ASKED_INPUT };
const usage = {
  inputTokens: { total: 10, noCache: 10, cacheRead: 0, cacheWrite: 0 }, outputTokens: { total: 5, text: 5, reasoning: 0 },
};
const reason = (turn) => ({ unified: turn.calls ? "tool-calls" : "stop", raw: undefined });
const call = (turn) => ({
  type: "tool-call", toolCallId: "call-1", toolName: turn.calls, input: JSON.stringify(turn.input ?? TOOL_INPUT),
});

async function* parts(turn) {
  yield { type: "stream-start", warnings: [] };
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

/** Says the given turns, one for each call. */
function model(...turns) {
  return new MockLanguageModelV3({
    doStream: async () => ({ stream: ReadableStream.from(parts(turns.shift())) }),
    doGenerate: async () => {
      const turn = turns.shift();
      const content = [{ type: "text", text: turn.text.join("") }, ...(turn.calls ? [call(turn)] : [])];
      return { content, finishReason: reason(turn), usage, warnings: [] };
    },
  });
}

const getWeather = tool({
  description: "Tells the weather.", inputSchema: z.object({ city: z.string() }), execute: async () => SECRET_RESULT,
});
const options = (prompt, turns) => ({
  model: model(...turns), prompt, tools: { [TOOL]: getWeather }, stopWhen: stepCountIs(3), onError: () => {},
});
/** A tool that needs an approval. */
const supervised = (prompt) => streamText({ ...options(prompt, [ASKS]), tools: { [TOOL]: { ...getWeather, needsApproval: true } } });
const approval = {
  text: LOOKING, tools: [TOOL], asks: [{ kind: "approval", name: TOOL, input: ASKED_INPUT, toolCallId: "call-1" }],
};
const stream = (prompt, ...turns) => streamText(options(prompt, turns));
const THINKS_AND_LOOKS = { ...LOOKS, thought: THOUGHT };
const everything = { before: LOOKING, tools: [TOOL], reasoning: THOUGHT };

/** Web servers of one's own. */
const server = (pipe) => (request, response) => {
  request.resume();
  pipe(response);
};

await serve("Vercel AI SDK", await versions("ai", "bedrock-agentcore"), {
  texts: [
    answer("the text stream: strings, which Amazon's package sends as they are", { before: LOOKING }),
    async function* ({ prompt }) { yield* stream(prompt, LOOKS, ANSWERS).textStream; },
  ],
  objects_text: [
    answer("the text stream as objects `{text}`", { before: LOOKING }),
    async function* ({ prompt }) {
      for await (const text of stream(prompt, LOOKS, ANSWERS).textStream) yield { text };
    },
  ],
  full_stream: [
    answer("the full stream as it is", everything),
    async function* ({ prompt }) { yield* stream(prompt, THINKS_AND_LOOKS, ANSWERS).fullStream; },
  ],
  full_stream_break: [
    answer("the full stream, and the model fails", { end: "agent_failed" }),
    async function* ({ prompt }) { yield* stream(prompt, { ...ANSWERS, breaks: true }).fullStream; },
  ],
  ui_messages: [
    answer("the UI message stream as it is", everything),
    async function* ({ prompt }) { yield* stream(prompt, THINKS_AND_LOOKS, ANSWERS).toUIMessageStream(); },
  ],
  full_stream_approval: [
    program("the full stream, and a tool that needs an approval", approval),
    async function* ({ prompt }) { yield* supervised(prompt).fullStream; },
  ],
  ui_messages_approval: [
    program("the UI message stream, and a tool that needs an approval", approval),
    async function* ({ prompt }) { yield* supervised(prompt).toUIMessageStream(); },
  ],
  result: [
    program("`{result}`, not streamed", { text: [ANSWER] }),
    async ({ prompt }) => ({ result: (await generateText(options(prompt, [LOOKS, ANSWERS]))).text }),
  ],
}, {
  ui_message_response: [
    answer("the UI message stream by a web server of one's own", everything),
    server((response) => stream("", THINKS_AND_LOOKS, ANSWERS).pipeUIMessageStreamToResponse(response)),
  ],
  ui_message_response_break: [
    answer("the same, and the model fails", { end: "agent_failed" }),
    server((response) => stream("", { ...ANSWERS, breaks: true }).pipeUIMessageStreamToResponse(response)),
  ],
  text_response: [
    answer("the text stream by a web server of one's own", { before: LOOKING }),
    server((response) => stream("", LOOKS, ANSWERS).pipeTextStreamToResponse(response)),
  ],
});
