// What each message of the agent was taken for. The function tells it for questions that are asked while the list is open.

import { $, copy, element, put } from "./dom.js";
import { fill, number, words } from "./words.js";

const ROWS_KEPT = 300; // lines that stay listed; messages in a row that are alike share a line

/** A word of the function's in the browser's language; one of a newer function, and a name, as it is. */
const named = (kind, word) => words.explained[kind][word] ?? word;

export class Explanations {
  #rows = [];
  #messages = 0;
  #unknown = 0;
  #pointers = new Map();
  #changed = true;

  /** Whether the next question is to be explained. */
  get isWanted() {
    return $("explain").open;
  }

  reset() {
    this.#rows = [];
    this.#messages = this.#unknown = 0;
    this.#pointers = new Map();
    this.#changed = true;
    $("explain-rows").replaceChildren();
  }

  /** @param event an `explain` event of the function */
  take({ message, framing, vocabulary, became, pointer, excerpt, contentType }) {
    this.#messages += 1;
    this.#changed = true;
    if (became.some(({ what }) => what === "unknown")) {
      this.#unknown += 1;
      if (pointer) this.#pointers.set(pointer, (this.#pointers.get(pointer) ?? 0) + 1);
    }
    const what = became.map(({ what, reason }) => (reason
      ? fill(words.explainBecause, named("what", what), named("reason", reason)) : named("what", what))).join(words.explainAnd);
    const last = this.#rows.at(-1);
    if (last && last.vocabulary === vocabulary && last.what === what && last.framing === framing) {
      last.to = message;
      return;
    }
    this.#rows.push({ from: message, to: message, framing, vocabulary, what, excerpt, contentType,
      isUnknown: became.some(({ what }) => what === "unknown") });
    if (this.#rows.length > 2 * ROWS_KEPT) this.#rows = this.#rows.slice(-ROWS_KEPT);
  }

  /** The lines of gateway.yaml that may help. */
  get setting() {
    const [likely] = [...this.#pointers].sort((one, other) => other[1] - one[1])[0] ?? ["/JSON/POINTER"];
    return `answer:\n  text: ${likely}`;
  }

  draw() {
    if (!this.#changed) return;
    put("explain-count", this.#messages
      ? fill(words.explainCount, number(this.#messages), number(this.#unknown)) : "");
    if (!$("explain").open) return;
    this.#changed = false;
    $("explain-note").textContent = this.#messages ? words.explainNote : words.explainNone;
    $("explain-advice").hidden = this.#unknown === 0;
    $("explain-setting").textContent = this.setting;
    $("explain-rows").replaceChildren(...this.#rows.slice(-ROWS_KEPT).map((row) => this.#row(row)));
  }

  copy(button) {
    return copy(this.setting, button);
  }

  #row({ from, to, framing, vocabulary, what, excerpt, contentType, isUnknown }) {
    const way = named("framing", framing);
    const place = contentType === undefined ? way : `${way} · ${contentType || words.explainNoType}`;
    return element("li", { className: isUnknown ? "unknown" : "" },
      element("span", { className: "num dim", textContent: from === to ? number(from) : `${number(from)}–${number(to)}` }),
      element("b", { textContent: named("vocabulary", vocabulary) }),
      element("code", { textContent: what }),
      element("code", { className: "dim", textContent: excerpt === undefined ? place : `${place}\n${excerpt}` }));
  }
}
