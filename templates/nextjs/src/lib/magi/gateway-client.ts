// Made by `provision generate nextjs`: change gateway.yaml and run that again, not this file.
//
// Asks the gateway and hands over its events as they come. Every way to fail is a `GatewayError`, a missing end too:
// a stream that just stops looks like an answer and is none.

import { parseEvent, type CouncilEvent, type ErrorEvent } from "./events";
import { SseParser } from "./sse";

export type Question = { question: string; sessionId?: string };

export type AskOptions = {
  /** This app's own route, or the function URL in direct mode. */
  url?: string;
  /**
   * Direct mode: the signed-in user's access token. `renew` asks for another one, because the gateway refused the
   * last; undefined when nobody is signed in.
   */
  token?: (renew: boolean) => Promise<string | undefined>;
  /** Stops asking. The error is then the signal's reason, as with `fetch`. */
  signal?: AbortSignal;
  /**
   * Called when the stream broke off: gives a response that goes on behind the event `lastEventId`, or undefined to
   * give up. Events up to that one are dropped when they come again.
   */
  reconnect?: (lastEventId: string, signal?: AbortSignal) => Promise<Response | undefined>;
  /** Milliseconds without a byte after which the connection is taken for dead. The gateway sends one at least every 60 s. */
  longestSilence?: number;
  fetch?: typeof globalThis.fetch;
};

/** Why there is no answer, or only a part of one. */
export class GatewayError extends Error {
  override name = "GatewayError";

  constructor(
    /** The gateway's code, or one of ours: unreachable, truncated, sign_in_required, not_a_stream, malformed. */
    readonly code: string,
    message: string,
    /** Whether the same question may succeed when asked again. */
    readonly retryable: boolean,
    /** The event, if it was the gateway that told of the failure in the stream. */
    readonly event?: ErrorEvent,
  ) {
    super(message);
  }
}

/** Yields each event, the last one being `complete`. Ends in no other way without throwing. */
export async function* ask(question: Question, options: AskOptions = {}): AsyncGenerator<CouncilEvent, void, undefined> {
  const { signal, reconnect, longestSilence = 90_000 } = options;
  let response: Response | undefined = await send(question, options);
  let lastEventId = "";
  while (response) {
    const parser = new SseParser();
    const behind = Number(lastEventId);
    for await (const bytes of read(response, longestSilence, signal)) {
      for (const { data, lastEventId: id } of parser.push(bytes)) {
        if (behind > 0 && Number(id) <= behind) continue;
        const event = understand(data);
        lastEventId = id;
        if (event === undefined) continue;
        if (event.type === "error") throw new GatewayError(event.error, event.message, event.retryable, event);
        yield event;
        if (event.type === "complete") return;
      }
    }
    response = lastEventId === "" ? undefined : await reconnect?.(lastEventId, signal);
    if (response) await refuseIfNoStream(response);
  }
  throw new GatewayError("truncated", "the answer broke off before its end; ask again", true);
}

async function send(question: Question, options: AskOptions): Promise<Response> {
  const first = await options.token?.(false);
  if (options.token && !first) throw signInRequired();
  let response = await post(question, options, first);
  if (response.status === 401 && options.token) {
    // Refused before the agent was asked, so asking once more costs nothing.
    const renewed = await options.token(true);
    if (renewed && renewed !== first) response = await post(question, options, renewed);
  }
  await refuseIfNoStream(response);
  return response;
}

async function post(question: Question, options: AskOptions, token: string | undefined): Promise<Response> {
  const { url = "/api/magi/stream", signal, fetch = globalThis.fetch } = options;
  try {
    return await fetch(url, {
      method: "POST",
      headers: {
        accept: "text/event-stream",
        "content-type": "application/json",
        ...(token && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ question: question.question, sessionId: question.sessionId }),
      cache: "no-store",
      signal,
    });
  } catch (error) {
    signal?.throwIfAborted();
    // A browser tells no more of a refused origin than of a broken network.
    throw new GatewayError("unreachable", `the gateway could not be reached (${String(error)})`, true);
  }
}

/** A failure before the stream is an HTTP status with `{error, message}`. */
async function refuseIfNoStream(response: Response): Promise<void> {
  if (response.headers.get("content-type")?.startsWith("text/event-stream")) return;
  if (response.status === 401) {
    await response.body?.cancel();
    throw signInRequired();
  }
  const told: unknown = await response.json().catch(() => undefined);
  if (typeof told === "object" && told !== null && "error" in told && typeof told.error === "string") {
    const message = "message" in told && typeof told.message === "string" ? told.message : told.error;
    throw new GatewayError(told.error, message, response.status === 429 || response.status >= 500);
  }
  throw new GatewayError(
    "not_a_stream",
    `the gateway answered with HTTP ${response.status} and no stream`,
    response.status === 429 || response.status >= 500,
  );
}

/** The bytes of the body. A connection that breaks or goes silent ends them: what that means the caller knows. */
async function* read(response: Response, longestSilence: number, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (!reader) return;
  try {
    for (;;) {
      const piece = await withinSilence(reader, longestSilence, signal);
      if (piece === undefined) return;
      yield piece;
    }
  } finally {
    // Also when the caller has seen enough: the other side is to know that nobody reads on.
    await reader.cancel().catch(() => undefined);
  }
}

async function withinSilence(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  longestSilence: number,
  signal?: AbortSignal,
): Promise<Uint8Array | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), longestSilence);
  });
  try {
    return await Promise.race([reader.read().then(({ value }) => value), silence]);
  } catch {
    signal?.throwIfAborted();
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

function understand(data: string): CouncilEvent | undefined {
  try {
    return parseEvent(data);
  } catch {
    throw new GatewayError("malformed", "the gateway sent something that is no event", false);
  }
}

function signInRequired(): GatewayError {
  return new GatewayError("sign_in_required", "sign in again to go on", false);
}
