"use client";

// Made by `provision generate nextjs`: change gateway.yaml and run that again, not this file.
//
// The council as a React hook: asks a question, renders again with every event, stops.

import { useCallback, useEffect, useReducer, useRef } from "react";
import { changed, IDLE, type Council } from "./council";
import { ask, GatewayError, type AskOptions } from "./gateway-client";

export type UseCouncil = Council & {
  /** Asks in the session of the previous question; an answer that is still coming is stopped. */
  ask: (question: string) => Promise<void>;
  stop: () => void;
  /** Begins a new session. */
  forget: () => void;
};

export function useCouncil(options: Omit<AskOptions, "signal"> = {}): UseCouncil {
  const [council, change] = useReducer(changed, IDLE);
  const running = useRef<AbortController>(undefined);
  // The latest options and session. As dependencies of `ask` they would make it another function at each change.
  const now = useRef({ options, sessionId: council.sessionId });
  useEffect(() => {
    now.current = { options, sessionId: council.sessionId };
  });
  useEffect(() => () => running.current?.abort(), []);

  const stop = useCallback(() => {
    if (!running.current) return;
    running.current.abort();
    running.current = undefined;
    change({ type: "stopped" });
  }, []);

  const forget = useCallback(() => {
    running.current?.abort();
    running.current = undefined;
    change({ type: "forgotten" });
  }, []);

  const askNow = useCallback(async (question: string) => {
    running.current?.abort();
    const mine = new AbortController();
    running.current = mine;
    const { options, sessionId } = now.current;
    change({ type: "asked" });
    try {
      for await (const event of ask({ question, sessionId }, { ...options, signal: mine.signal })) {
        if (mine.signal.aborted) return;
        change({ type: "heard", event });
      }
    } catch (error) {
      // `stop`, `forget` and the next question abort, and each of them has already changed the state.
      if (mine.signal.aborted) return;
      change({ type: "failed", failure: failureOf(error) });
    } finally {
      if (running.current === mine) running.current = undefined;
    }
  }, []);

  return { ...council, ask: askNow, stop, forget };
}

function failureOf(error: unknown): { code: string; message: string; retryable: boolean } {
  if (error instanceof GatewayError) return { code: error.code, message: error.message, retryable: error.retryable };
  // Not from the gateway: thrown by this app, as by its `token`.
  return { code: "app_failed", message: String(error), retryable: false };
}
