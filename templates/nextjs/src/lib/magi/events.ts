// Made by `provision generate nextjs`: change gateway.yaml and run that again, not this file.
//
// What the gateway tells while an agent answers: one JSON object with a `type` in each server-sent event.

/** What an agent is doing. `judging`: the supervisor weighs what the others said. */
export type State = "thinking" | "answering" | "judging" | "done";

export type Usage = { inputTokens: number; outputTokens: number };

/** All have the time at which the gateway told them, in ISO 8601. */
type Told<T extends string, Members> = { type: T; timestamp: string } & Members;

/** The same, about an agent: its `agent` is how every other event calls it. */
type Said<T extends string, Members> = Told<T, { agent: string } & Members>;

export type StartEvent = Told<"start", { sessionId: string; requestId: string }>;
/** Comes before the first event of an agent; `name` is for people. */
export type AgentEvent = Said<"agent", { name: string; role?: string }>;
export type StatusEvent = Said<"status", { state: State }>;
/** A piece of an agent's answer. */
export type ChunkEvent = Said<"chunk", { content: string; chunkNumber: number }>;
/** A piece of what an agent says to itself. */
export type ReasoningEvent = Said<"reasoning", { content: string }>;
export type ToolCallEvent = Said<"toolCall", { id: string; name: string; input?: unknown }>;
export type ToolResultEvent = Said<"toolResult", { id: string; output?: unknown; failed: boolean }>;

export type Source = { location?: string; title?: string; excerpt?: string };
/** Sources of a part of the answer; `span` counts characters from 0 and includes both. */
export type CitationEvent = Said<"citation", { text?: string; span?: [number, number]; sources: Source[] }>;
/** A file that the agent made; `bytes` is base64. */
export type FileEvent = Said<"file", { name: string; mediaType: string; bytes: string }>;
/** The agent asks the client to act and to answer with `returnControl` in its next request. */
export type ReturnControlEvent = Said<"returnControl", { invocationId: string; invocationInputs: unknown }>;

/** A step of an agent's work: which, how long, how many tokens. */
export type Trace = {
  step: string;
  collaborator?: string;
  durationMs?: number;
  usage?: Usage;
  /** What a guardrail did: `INTERVENED` or `NONE`. */
  guardrailAction?: string;
  failureCode?: number;
  /** Prompts and tool data: with `trace: full` only. */
  detail?: unknown;
};
export type TraceEvent = Said<"trace", { trace: Trace }>;
/** Something that only the agent and this app know the meaning of. */
export type DataEvent = Said<"data", { data: unknown }>;

/** The end of an answer that is whole. */
export type CompleteEvent = Told<
  "complete",
  {
    /** Milliseconds. */
    executionTime: number;
    chunkCount: number;
    totalBytes: number;
    sessionId: string;
    agentId: string;
    usage: Usage;
    usageByAgent?: (Usage & { agent: string })[];
  }
>;

/** The end of an answer that failed. */
export type ErrorEvent = Told<
  "error",
  {
    /** Stable, for programs; the README of the gateway lists them. */
    error: string;
    /** For people. */
    message: string;
    /** Whether the same question may succeed when asked again. */
    retryable: boolean;
    side?: "client" | "operator" | "agent" | "aws" | "gateway";
    executionTime: number;
    chunkCount: number;
  }
>;

export type CouncilEvent =
  | StartEvent
  | AgentEvent
  | StatusEvent
  | ChunkEvent
  | ReasoningEvent
  | ToolCallEvent
  | ToolResultEvent
  | CitationEvent
  | FileEvent
  | ReturnControlEvent
  | TraceEvent
  | DataEvent
  | CompleteEvent
  | ErrorEvent;

/** Every type there is: a list that the compiler keeps complete. */
const TYPES: Record<CouncilEvent["type"], true> = {
  start: true,
  agent: true,
  status: true,
  chunk: true,
  reasoning: true,
  toolCall: true,
  toolResult: true,
  citation: true,
  file: true,
  returnControl: true,
  trace: true,
  data: true,
  complete: true,
  error: true,
};

/** Reads the data of one event; undefined for a type that a newer gateway may send. */
export function parseEvent(data: string): CouncilEvent | undefined {
  const event: unknown = JSON.parse(data);
  const type = typeof event === "object" && event !== null && "type" in event ? event.type : undefined;
  if (typeof type !== "string") throw new SyntaxError("an event without a type");
  return Object.hasOwn(TYPES, type) ? (event as CouncilEvent) : undefined;
}
