// One question: asks, reads the answer to its end, and says how it ended. Knows nothing of the document.

import { SseParser } from "./sse.js";

const BREATH_MS = 12; // how long reading may keep the browser from painting

/**
 * How a question ended. Only `done` is a whole answer.
 * `cut` is the one that is easily missed: the body ended properly, but without `complete` or `error`.
 *
 * @typedef {"done" | "failed" | "cut" | "stopped" | "network" | "unreachable" | "http" | "notSse"} Ending
 * @typedef {{ kind: Ending, status?: number, code?: string, message?: string, retryable?: boolean }} Outcome
 */

export class Turn {
  startedAt = performance.now();
  took = 0;
  running = true;
  /** @type {Outcome | null} */
  outcome = null;
  firstByte = null;
  firstText = null;
  lastByteAt = this.startedAt;
  lastTextAt = this.startedAt;
  chunks = 0;
  bytes = 0;
  end = null; // the `complete` or the `error` event
  extra = 0; // events after the end
  badJson = 0;
  isForgotten = false; // its session is not to be continued
  #aborter = new AbortController();
  #listener;

  /** @param {{ item(item, since: number, label: string): void, event(event): void }} listener */
  constructor(question, listener) {
    this.question = question;
    this.#listener = listener;
  }

  stop() {
    this.#aborter.abort();
  }

  /** Asks, with these members beside the question, and reads to the end, whichever it is. Never throws. */
  async run(members) {
    try {
      this.outcome = await this.#converse(members);
    } catch (error) {
      this.outcome = this.#broken(error);
    }
    this.running = false;
    this.took = performance.now() - this.startedAt;
    return this.outcome;
  }

  async #converse(members) {
    const response = await fetch("./ask", {
      method: "POST",
      headers: { "content-type": "application/json", accept: "text/event-stream" },
      body: JSON.stringify({ question: this.question, ...members }),
      signal: this.#aborter.signal,
    });
    if (!response.ok) {
      const body = await response.json().catch(() => ({}));
      return { kind: "http", status: response.status, code: body.error ?? `HTTP ${response.status}`, message: body.message };
    }
    const type = response.headers.get("content-type") ?? "";
    if (!/^text\/event-stream\b/i.test(type)) {
      this.#aborter.abort();
      return { kind: "notSse", code: type || "no content-type" };
    }
    await this.#read(response.body.getReader());
    return this.#ended() ?? { kind: "cut", code: "missing_end" };
  }

  async #read(reader) {
    const parser = new SseParser();
    let breathedAt = performance.now();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      this.lastByteAt = performance.now();
      this.firstByte ??= this.lastByteAt - this.startedAt;
      this.bytes += value.length;
      for (const item of parser.push(value)) this.#take(item, this.lastByteAt - this.startedAt);
      if (performance.now() - breathedAt > BREATH_MS) {
        await nextTask();
        breathedAt = performance.now();
      }
    }
    parser.end();
  }

  #take(item, since) {
    if (item.kind === "comment") return this.#listener.item(item, since, ":");
    const event = parsed(item.data);
    if (!event) {
      this.badJson += 1;
      return this.#listener.item(item, since, "?");
    }
    this.#listener.item(item, since, event.agent ? `${event.type} ${event.agent}` : `${event.type}`);
    if (this.end) {
      this.extra += 1;
      return;
    }
    if (event.type === "chunk") {
      this.chunks += 1;
      this.firstText ??= since;
      this.lastTextAt = this.lastByteAt;
    }
    if (event.type === "complete" || event.type === "error") this.end = event;
    this.#listener.event(event);
  }

  #ended() {
    if (!this.end) return null;
    if (this.end.type === "complete") return { kind: "done" };
    return { kind: "failed", code: this.end.error, message: this.end.message, retryable: this.end.retryable };
  }

  #broken(error) {
    if (this.end) return this.#ended(); // whatever broke afterwards, the answer was whole
    if (this.#aborter.signal.aborted) return { kind: "stopped" };
    return { kind: this.firstByte === null ? "unreachable" : "network", code: error.name, message: error.message };
  }
}

/** The JSON object in an event's data, or null. */
function parsed(data) {
  try {
    const value = JSON.parse(data);
    return typeof value === "object" ? value : null;
  } catch {
    return null;
  }
}

/** Lets the browser paint. A message, unlike a timer, is not slowed down in a background tab. */
function nextTask() {
  return new Promise((resume) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resume();
    };
    port2.postMessage(null);
  });
}
