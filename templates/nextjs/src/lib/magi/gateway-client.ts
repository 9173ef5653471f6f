// Made by `provision generate nextjs`: change gateway.yaml and run that again, not this file.
//
// Asks the gateway and yields its events as they come. Every failure is thrown as a `GatewayError`. A stream that stops
// without `complete` is a failure, too: it would look like a complete answer.

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
  /** After so many milliseconds without a byte the connection counts as broken. The gateway sends one at least every 60 s. */
  longestSilence?: number;
  fetch?: typeof globalThis.fetch;
};

/** Why there is no answer, or only a part of it. */
export class GatewayError extends Error {
  override name = "GatewayError";

  constructor(
    /** The gateway's code, or one of this client's: unreachable, truncated, sign_in_required, not_a_stream, malformed. */
    readonly code: string,
    message: string,
    /** Whether the same question may succeed when asked again. */
    readonly retryable: boolean,
    /** The `error` event, if the stream ended with one. */
    readonly event?: ErrorEvent,
  ) {
    super(message);
  }
}

/** Yields each event. The last one is `complete`; every other end throws. */
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
    // The gateway refused the token before it asked the agent, so a second request costs nothing.
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
    // A browser reports a refused origin (CORS) in the same way as a broken network.
    throw new GatewayError("unreachable", `the gateway could not be reached (${String(error)})`, true);
  }
}

/** Throws the failure of a response that is no stream: an HTTP status with `{error, message}`. */
async function refuseIfNoStream(response: Response): Promise<void> {
  if (response.headers.get("content-type")?.startsWith("text/event-stream")) return;
  if (response.status === 401) {
    await response.body?.cancel();
    throw signInRequired();
  }
  const body: unknown = await response.json().catch(() => undefined);
  if (typeof body === "object" && body !== null && "error" in body && typeof body.error === "string") {
    const message = "message" in body && typeof body.message === "string" ? body.message : body.error;
    throw new GatewayError(body.error, message, response.status === 429 || response.status >= 500);
  }
  throw new GatewayError(
    "not_a_stream",
    `the gateway answered with HTTP ${response.status} and no stream`,
    response.status === 429 || response.status >= 500,
  );
}

/** The bytes of the body. They end, without an error, when the connection breaks or is silent for too long. */
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
    // Closes the connection also when the caller stops reading, so that the server can stop, too.
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
    throw new GatewayError("malformed", "the gateway sent data that is not an event", false);
  }
}

function signInRequired(): GatewayError {
  return new GatewayError("sign_in_required", "sign in again to go on", false);
}
