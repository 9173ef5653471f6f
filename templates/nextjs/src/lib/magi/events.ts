// Made by `provision generate nextjs`: change gateway.yaml and run that again, not this file.
//
// The gateway's events: the data of each server-sent event is one JSON object with a `type`.

/** What an agent is doing. `judging`: the supervisor weighs what the others said. */
export type State = "thinking" | "answering" | "judging" | "done";

export type Usage = { inputTokens: number; outputTokens: number };

/** Every event has the time at which the gateway sent it, in ISO 8601. */
type GatewayEvent<T extends string, Members> = { type: T; timestamp: string } & Members;

/** An event about an agent. All events about the same agent have the same `agent`. */
type OfAgent<T extends string, Members> = GatewayEvent<T, { agent: string } & Members>;

export type StartEvent = GatewayEvent<"start", { sessionId: string; requestId: string }>;
/** Comes before the first event of an agent; `name` is for people. */
export type AgentEvent = OfAgent<"agent", { name: string; role?: string }>;
export type StatusEvent = OfAgent<"status", { state: State }>;
/** A piece of an agent's answer. */
export type ChunkEvent = OfAgent<"chunk", { content: string; chunkNumber: number }>;
/** A piece of what an agent says to itself. */
export type ReasoningEvent = OfAgent<"reasoning", { content: string }>;
export type ToolCallEvent = OfAgent<"toolCall", { id: string; name: string; input?: unknown }>;
export type ToolResultEvent = OfAgent<"toolResult", { id: string; output?: unknown; failed: boolean }>;

export type Source = { location?: string; title?: string; excerpt?: string };
/** Sources of a part of the answer; `span` counts characters from 0 and includes both. */
export type CitationEvent = OfAgent<"citation", { text?: string; span?: [number, number]; sources: Source[] }>;
/** A file that the agent made; `bytes` is base64. */
export type FileEvent = OfAgent<"file", { name: string; mediaType: string; bytes: string }>;
/** What an agent asks its client: to execute a tool of the client's, whether it may use one of its own, or anything else. */
export type Inquiry = {
  id: string;
  kind: "call" | "approval" | "question";
  name: string;
  input?: unknown;
  message?: string;
  /** The JSON Schema of the answer. */
  schema?: unknown;
  /** The id of the agent's call that it is about. */
  toolCallId?: string;
  /** When nobody waits for an answer any more, in the agent's own words. */
  expiresAt?: string;
};
/**
 * The agent waits for its client, who answers with `returnControl` in the next request. A Bedrock agent has
 * `invocationInputs`, any other one `inquiries`, which come back with their answers.
 */
export type ReturnControlEvent = OfAgent<
  "returnControl",
  { invocationId: string; invocationInputs?: unknown; inquiries?: Inquiry[] }
>;

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
export type TraceEvent = OfAgent<"trace", { trace: Trace }>;
/** A message of the agent whose meaning the gateway does not know. */
export type DataEvent = OfAgent<"data", { data: unknown }>;

/** The end of a complete answer. */
export type CompleteEvent = GatewayEvent<
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
export type ErrorEvent = GatewayEvent<
  "error",
  {
    /** A stable code, for programs. `failures.ts` has a sentence for each. */
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

/** Every type of event. The compiler refuses this list when one is missing. */
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

/** Reads the data of one event. Undefined for an unknown type, as a newer gateway may send it. */
export function parseEvent(data: string): CouncilEvent | undefined {
  const event: unknown = JSON.parse(data);
  const type = typeof event === "object" && event !== null && "type" in event ? event.type : undefined;
  if (typeof type !== "string") throw new SyntaxError("an event without a type");
  return Object.hasOwn(TYPES, type) ? (event as CouncilEvent) : undefined;
}
