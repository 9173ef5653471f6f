// Strands Agents for TypeScript inside Amazon's package for it, as its documentation and AWS's samples host it.

import { Agent, Graph, Model, Swarm, tool } from "@strands-agents/sdk";
import { z } from "zod";
import {
  ANSWER, ASKED_INPUT, LOOKING, PIECES, SECRET_FAILURE, SECRET_RESULT, THOUGHT, TOOL, TOOL_INPUT, USAGE, WHICH_DAY, answer, program,
  serve, spoken, versions,
} from "./hosting.mjs";

const LOOKS = { text: LOOKING, calls: TOOL };
const ANSWERS = { text: PIECES };
/** Calls the tool with what the client may see. */
const ASKS = { ...LOOKS, input: ASKED_INPUT };

/** Says the given turns, one for each call. */
class PlayedModel extends Model {
  constructor(...turns) {
    super();
    this.turns = turns;
  }

  updateConfig() {}
  getConfig() { return { modelId: "played" }; }

  async *stream() {
    const turn = this.turns.shift();
    yield { type: "modelMessageStartEvent", role: "assistant" };
    if (turn.thought) {
      yield { type: "modelContentBlockStartEvent" };
      for (const text of turn.thought) {
        yield { type: "modelContentBlockDeltaEvent", delta: { type: "reasoningContentDelta", text } };
      }
      yield { type: "modelContentBlockStopEvent" };
    }
    yield { type: "modelContentBlockStartEvent" };
    for await (const text of spoken(turn.text)) {
      yield { type: "modelContentBlockDeltaEvent", delta: { type: "textDelta", text } };
    }
    if (turn.breaks) throw new Error(SECRET_FAILURE);
    yield { type: "modelContentBlockStopEvent" };
    if (turn.calls) {
      yield { type: "modelContentBlockStartEvent", start: { type: "toolUseStart", name: turn.calls, toolUseId: "tool-1" } };
      yield { type: "modelContentBlockDeltaEvent", delta: { type: "toolUseInputDelta", input: JSON.stringify(turn.input ?? TOOL_INPUT) } };
      yield { type: "modelContentBlockStopEvent" };
    }
    yield { type: "modelMessageStopEvent", stopReason: turn.calls ? "toolUse" : "endTurn" };
    yield { type: "modelMetadataEvent", usage: USAGE, metrics: { latencyMs: 7 } };
  }
}

const getWeather = tool({
  name: TOOL, description: "Tells the weather.", inputSchema: z.object({ city: z.string() }), callback: () => SECRET_RESULT,
});
const agent = (turns, more = {}) =>
  new Agent({ model: new PlayedModel(...turns), tools: [getWeather], printer: false, id: "SOLOMON", name: "SOLOMON", ...more });
const asksForTheDay = tool({
  name: TOOL, description: "Tells the weather of a day that the user names.", inputSchema: z.object({ city: z.string() }),
  callback: ({ city }, context) => context.interrupt({ name: "day", reason: { question: WHICH_DAY, city } }),
});
const day = { kind: "question", name: "day", input: { question: WHICH_DAY, ...ASKED_INPUT }, message: WHICH_DAY };
const isText = (event) => event.type === "modelContentBlockDeltaEvent" && event.delta?.type === "textDelta";

/** What a model streams comes wrapped in an event of the agent's. */
const inner = (event) => event.type === "modelStreamUpdateEvent" ? event.event : event;

await serve("Strands Agents for TypeScript", await versions("@strands-agents/sdk", "bedrock-agentcore"), {
  events: [
    answer("every event as it is, with a tool and a thought",
      { before: LOOKING, tools: [TOOL], reasoning: THOUGHT }),
    async function* ({ prompt }) {
      yield* agent([{ ...LOOKS, thought: THOUGHT }, ANSWERS]).stream(prompt);
    },
  ],
  events_break: [
    answer("every event as it is, and fails in the middle", { end: "agent_failed" }),
    async function* ({ prompt }) {
      yield* agent([{ ...ANSWERS, breaks: true }]).stream(prompt);
    },
  ],
  model_events: [
    answer("the model's events alone", { before: LOOKING, tools: [TOOL] }),
    async function* ({ prompt }) {
      for await (const event of agent([LOOKS, ANSWERS]).stream(prompt)) {
        if (event.type === "modelStreamUpdateEvent") yield inner(event);
      }
    },
  ],
  message_text: [
    answer("`event: message` with `{text}`, as the package's README has it", { before: LOOKING }),
    async function* ({ prompt }) {
      for await (const event of agent([LOOKS, ANSWERS]).stream(prompt)) {
        if (isText(inner(event))) yield { event: "message", data: { text: inner(event).delta.text } };
      }
    },
  ],
  message_text_break: [
    answer("the same, and fails in the middle", { end: "agent_failed" }),
    async function* ({ prompt }) {
      for await (const event of agent([{ ...ANSWERS, breaks: true }]).stream(prompt)) {
        if (isText(inner(event))) yield { event: "message", data: { text: inner(event).delta.text } };
      }
    },
  ],
  data_text: [
    answer("`{data: text}`, as the templates of AWS's CLI have it", { before: LOOKING }),
    async function* ({ prompt }) {
      for await (const event of agent([LOOKS, ANSWERS]).stream(prompt)) {
        if (isText(inner(event))) yield { data: inner(event).delta.text };
      }
    },
  ],
  strings: [
    answer("strings, which the package sends as they are", { before: LOOKING }),
    async function* ({ prompt }) {
      for await (const event of agent([LOOKS, ANSWERS]).stream(prompt)) {
        if (isText(inner(event))) yield inner(event).delta.text;
      }
    },
  ],
  objects_text: [
    answer("objects `{text}`", { before: LOOKING }),
    async function* ({ prompt }) {
      for await (const event of agent([LOOKS, ANSWERS]).stream(prompt)) {
        if (isText(inner(event))) yield { text: inner(event).delta.text };
      }
    },
  ],
  halves: [
    program("strings that JavaScript cuts in the middle of a character", { text: ["Hello ", "😀 world"] }),
    async function* () {
      for (const text of ["Hello \ud83d", "\ude00 world"]) yield { text };
    },
  ],
  halves_encoded: [
    program("the same as JSON strings", { text: ["Hello ", "😀 world"] }),
    async function* () {
      for (const text of ["Hello \ud83d", "\ude00 world"]) yield JSON.stringify(text);
    },
  ],
  interrupt: [
    program("a question back from inside a tool: every event as it is", { text: LOOKING, tools: [TOOL], asks: [day] }),
    async function* ({ prompt }) { yield* agent([ASKS], { tools: [asksForTheDay] }).stream(prompt); },
  ],
  interrupt_string: [
    program("the same as a string, not streamed: nothing but what it waits for", { asks: [day] }),
    async ({ prompt }) => `${await agent([ASKS], { tools: [asksForTheDay] }).invoke(prompt)}`,
  ],
  result: [
    program("the result, not streamed", { text: [ANSWER] }),
    async ({ prompt }) => await agent([LOOKS, ANSWERS]).invoke(prompt),
  ],
  last_message: [
    program("its last message, not streamed", { text: [ANSWER] }),
    async ({ prompt }) => ({ result: (await agent([LOOKS, ANSWERS]).invoke(prompt)).lastMessage }),
  ],
  string: [
    program("a string, not streamed", { text: [ANSWER] }),
    async ({ prompt }) => `${await agent([ANSWERS]).invoke(prompt)}`,
  ],
  response: [
    program("`{response}`, not streamed", { text: [ANSWER] }),
    async ({ prompt }) => ({ response: `${await agent([ANSWERS]).invoke(prompt)}` }),
  ],
  raises: [
    program("raises before it has said anything", { end: "agent_failed" }),
    async () => { throw new Error(SECRET_FAILURE); },
  ],
  graph: [
    answer("a graph: two sages, then the judge", { members: { CASPAR: ["賛成", "です。"], BALTHASAR: ["反対", "です。\n"] } }),
    async function* ({ prompt }) {
      const sage = (id, text) => agent([{ text }], { id, name: id, tools: [] });
      const graph = new Graph({
        nodes: [sage("CASPAR", ["賛成", "です。"]), sage("BALTHASAR", ["反対", "です。\n"]), agent([ANSWERS])],
        edges: [["CASPAR", "BALTHASAR"], ["BALTHASAR", "SOLOMON"]],
      });
      yield* graph.stream(prompt);
    },
  ],
});
