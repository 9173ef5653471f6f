// Made by `provision generate nextjs`: change gateway.yaml and run that again, not this file.
//
// The state of one answer, changed by one event after another. Pure functions, so that any framework and test can use it.

import type { CitationEvent, CompleteEvent, CouncilEvent, State } from "./events";

/** One agent of the council. */
export type Member = {
  agent: string;
  /** For people. */
  name: string;
  role?: string;
  state: State;
  /** Whether its answer is the last word: it is configured as the judge, or has weighed what the others said. */
  concludes: boolean;
  text: string;
  reasoning: string;
};

export type Failure = { code: string; message: string; retryable: boolean };

export type Council = {
  phase: "idle" | "asking" | "done" | "stopped" | "failed";
  /** In the order of their first events. */
  members: Member[];
  citations: CitationEvent[];
  /** Kept from one question to the next: the agent remembers what was said before. */
  sessionId?: string;
  complete?: CompleteEvent;
  failure?: Failure;
};

export type Change =
  | { type: "asked" }
  | { type: "heard"; event: CouncilEvent }
  | { type: "stopped" }
  | { type: "failed"; failure: Failure }
  | { type: "forgotten" };

export const IDLE: Council = { phase: "idle", members: [], citations: [] };

export function changed(council: Council, change: Change): Council {
  switch (change.type) {
    case "asked":
      return { ...IDLE, phase: "asking", sessionId: council.sessionId };
    case "heard":
      return heard(council, change.event);
    case "stopped":
      return { ...council, phase: "stopped" };
    case "failed":
      return { ...council, phase: "failed", failure: change.failure };
    case "forgotten":
      return IDLE;
  }
}

function heard(council: Council, event: CouncilEvent): Council {
  switch (event.type) {
    case "start":
      return { ...council, sessionId: event.sessionId };
    case "agent":
      return withMember(council, event.agent, () => ({
        name: event.name,
        role: event.role,
        concludes: event.role === "judge",
      }));
    case "status":
      return withMember(council, event.agent, ({ concludes }) => ({
        state: event.state,
        concludes: concludes || event.state === "judging",
      }));
    case "chunk":
      return withMember(council, event.agent, (member) => ({ text: member.text + event.content }));
    case "reasoning":
      return withMember(council, event.agent, (member) => ({ reasoning: member.reasoning + event.content }));
    case "citation":
      return { ...council, citations: [...council.citations, event] };
    case "complete":
      return { ...council, phase: "done", complete: event };
    default:
      return council;
  }
}

/** Changes one member. A member without an `agent` event is shown under the name that it has in the stream. */
function withMember(council: Council, agent: string, change: (member: Member) => Partial<Member>): Council {
  const known = council.members.find((member) => member.agent === agent);
  const member: Member = known ?? { agent, name: agent, state: "thinking", concludes: false, text: "", reasoning: "" };
  const next = { ...member, ...change(member) };
  const members = known
    ? council.members.map((other) => (other === known ? next : other))
    : [...council.members, next];
  return { ...council, members };
}
