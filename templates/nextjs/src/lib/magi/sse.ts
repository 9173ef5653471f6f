// Made by `provision generate nextjs`: change gateway.yaml and run that again, not this file.
//
// Reads server-sent events from bytes that may be cut anywhere: within an event, a line end or a character.

/** One event: its `data`, and the last `id` seen until then. */
export type ServerSentEvent = { data: string; lastEventId: string };

export class SseParser {
  // Keeps the bytes of an incomplete character, and drops a leading byte order mark.
  #decoder = new TextDecoder();
  #line = "";
  #afterCarriageReturn = false;
  #data: string[] = [];
  #lastEventId = "";

  /** The events that these bytes complete, in order. An incomplete event is kept until the next bytes come. */
  push(bytes: Uint8Array): ServerSentEvent[] {
    let text = this.#decoder.decode(bytes, { stream: true });
    if (this.#afterCarriageReturn && text !== "") {
      // A line ends with CR, LF or both; this LF belongs to the line before.
      if (text.startsWith("\n")) text = text.slice(1);
      this.#afterCarriageReturn = false;
    }
    const events: ServerSentEvent[] = [];
    const lines = text.split(/\r\n|\r|\n/);
    // Only the new text is searched for line ends, so a line of a megabyte does not take quadratic time.
    const unfinished = lines.pop() ?? "";
    for (const line of lines) {
      this.#endLine(this.#line + line, events);
      this.#line = "";
    }
    this.#line += unfinished;
    if (text.endsWith("\r")) this.#afterCarriageReturn = true;
    return events;
  }

  #endLine(line: string, events: ServerSentEvent[]): void {
    if (line === "") {
      if (this.#data.length > 0) {
        events.push({ data: this.#data.join("\n"), lastEventId: this.#lastEventId });
        this.#data = [];
      }
      return;
    }
    const colon = line.indexOf(":");
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    if (field === "data") this.#data.push(value);
    // A line that begins with a colon is a comment, such as the gateway's keep-alive.
    else if (field === "id" && !value.includes("\0")) this.#lastEventId = value;
  }
}
