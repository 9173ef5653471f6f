// Server-sent events from bytes: the parsing rules of the HTML standard (9.2.6), fed in pieces of any size.
// No DOM in here, so that Node can run and test the very same file.

/**
 * What `push` gives back, in the order it arrived.
 * An event has the fields of the standard's MessageEvent. A comment is not an event (the standard ignores it), but
 * a keep-alive is a comment, and seeing it is half of understanding a silent stream.
 *
 * @typedef {{ kind: "event", type: string, data: string, lastEventId: string }} SseEvent
 * @typedef {{ kind: "comment", text: string }} SseComment
 */

export class SseParser {
  // Strips one leading byte order mark and holds the bytes of a character that is not complete yet.
  #decoder = new TextDecoder("utf-8");
  // The line so far. Only new text is ever searched for its end: a megabyte in one line stays linear.
  #line = "";
  #afterCr = false;
  #data = [];
  #type = "";
  #lastEventId = "";

  /** The reconnection time the server asked for, in milliseconds, or null. */
  retry = null;

  /**
   * @param {Uint8Array} bytes the next bytes of the body, cut anywhere
   * @returns {(SseEvent | SseComment)[]} what these bytes completed
   */
  push(bytes) {
    return this.#read(this.#decoder.decode(bytes, { stream: true }));
  }

  /**
   * The body has ended. An event without its closing blank line is discarded, as the standard demands.
   *
   * @returns {boolean} whether something was discarded, which a stream that was cut off leaves behind
   */
  end() {
    const rest = this.#line + this.#decoder.decode();
    const discarded = rest !== "" || this.#data.length > 0;
    this.#line = "";
    this.#data = [];
    this.#type = "";
    return discarded;
  }

  #read(text) {
    const items = [];
    let start = 0;
    if (this.#afterCr && text !== "") {
      // The CR before has ended its line already; this LF is its second half.
      if (text[0] === "\n") start = 1;
      this.#afterCr = false;
    }
    let lf = text.indexOf("\n", start);
    let cr = text.indexOf("\r", start);
    while (lf !== -1 || cr !== -1) {
      const atCr = cr !== -1 && (lf === -1 || cr < lf);
      const end = atCr ? cr : lf;
      this.#endLine(this.#line + text.slice(start, end), items);
      this.#line = "";
      start = end + 1;
      if (atCr) {
        if (start === text.length) this.#afterCr = true;
        else if (text[start] === "\n") start += 1;
      }
      if (lf !== -1 && lf < start) lf = text.indexOf("\n", start);
      if (cr !== -1 && cr < start) cr = text.indexOf("\r", start);
    }
    this.#line += text.slice(start);
    return items;
  }

  #endLine(line, items) {
    if (line === "") return this.#dispatch(items);
    const colon = line.indexOf(":");
    if (colon === 0) {
      items.push({ kind: "comment", text: line.slice(line[1] === " " ? 2 : 1) });
      return;
    }
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    switch (field) {
      case "data":
        this.#data.push(value);
        break;
      case "event":
        this.#type = value;
        break;
      case "id":
        if (!value.includes("\0")) this.#lastEventId = value;
        break;
      case "retry":
        if (/^[0-9]+$/.test(value)) this.retry = Number(value);
        break;
      default: // Unknown fields are ignored, so that servers may add some.
    }
  }

  #dispatch(items) {
    if (this.#data.length > 0) {
      items.push({
        kind: "event",
        type: this.#type || "message",
        data: this.#data.join("\n"),
        lastEventId: this.#lastEventId,
      });
    }
    this.#data = [];
    this.#type = "";
  }
}
