"use client";

// Made by `provision generate nextjs`: change gateway.yaml and run that again, not this file.
//
// The council as React sees it: ask, watch it grow, stop.

import { useCallback, useEffect, useReducer, useRef } from "react";
import { changed, IDLE, type Council } from "./council";
import { ask, GatewayError, type AskOptions } from "./gateway-client";

export type UseCouncil = Council & {
  /** Asks in the session of the question before; an answer that is still coming is stopped. */
  ask: (question: string) => Promise<void>;
  stop: () => void;
  /** Begins a new session. */
  forget: () => void;
};

export function useCouncil(options: Omit<AskOptions, "signal"> = {}): UseCouncil {
  const [council, change] = useReducer(changed, IDLE);
  const running = useRef<AbortController>(undefined);
  // Options and session as of now, without making `ask` another function each time they change.
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
      // Whoever aborted has already said what that means.
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
  return { code: "internal", message: String(error), retryable: false };
}
