// The panel of one agent: its name, its state and its text. What arrives only changes values; `draw` shows them.

import { $, copy, element } from "./dom.js";
import { fill, isJapanese, number, otherWords, words } from "./words.js";

const TEXT_KEPT = 100_000; // characters that stay in the document; Copy has them all
const BLOCK = 2_000; // text is laid out in blocks of about this size: what was laid out once stays laid out
const HUES = [200, 62, 300, 145, 20, 255, 100, 340]; // one per panel, in order

/** Where a block of `length` characters should end within the text that follows it, or -1: the block goes on. */
function blockEnd(text, length) {
  const from = Math.max(0, BLOCK - length);
  const to = Math.max(from, 2 * BLOCK - length);
  const near = text.slice(from, to);
  const found = /\n/.exec(near) ?? /[。！？]|[.!?] /.exec(near);
  if (found) return from + found.index + found[0].length;
  if (text.length < to) return -1;
  return /[\uD800-\uDBFF]/.test(text[to - 1]) ? to + 1 : to; // never between the halves of a character
}

export class Panel {
  state = "waiting";
  chunks = 0;
  characters = 0;
  #parts = [];
  #pending = [];
  #block = null; // the text node that grows
  #shown = 0;
  #follows = true;
  #drawnState = "";

  /** @param {string} name by which events call the agent */
  constructor(name) {
    this.name = name;
    this.root = $("panel").content.firstElementChild.cloneNode(true);
    const part = (selector) => this.root.querySelector(selector);
    [this.text, this.counts, this.copyButton] = [part(".text"), part(".counts"), part(".copy")];
    this.root.dataset.agent = name;
    part(".name").textContent = name;
    this.text.setAttribute("aria-label", name);
    this.text.addEventListener("scroll", () => {
      this.#follows = this.text.scrollTop + this.text.clientHeight >= this.text.scrollHeight - 32;
    }, { passive: true });
    this.copyButton.addEventListener("click", () => copy(this.whole(), this.copyButton));
    this.draw();
  }

  /** Gives the agent the colour of its place among those side by side. */
  colour(place) {
    this.root.style.setProperty("--hue", HUES[place % HUES.length]);
  }

  /** What people call the agent, where that is not its name in the stream. */
  set title(text) {
    const name = this.root.querySelector(".name");
    name.textContent = text;
    if (isJapanese(text)) name.lang = "ja";
    name.title = this.name;
    this.text.setAttribute("aria-label", text);
  }

  set role(text) {
    this.root.querySelector(".role").textContent = text;
    if (isJapanese(text)) this.root.querySelector(".role").lang = "ja";
  }

  /** The whole text so far, as it was sent. */
  whole() {
    return this.#parts.join("");
  }

  /** @returns {boolean} whether the state changed */
  become(state) {
    const changed = state !== this.state;
    this.state = state;
    return changed;
  }

  /** @returns {boolean} whether the state changed */
  take(content) {
    this.chunks += 1;
    this.characters += content.length;
    this.#parts.push(content);
    this.#pending.push(content);
    return ["waiting", "thinking"].includes(this.state) && this.become("answering");
  }

  draw() {
    if (this.state !== this.#drawnState) this.#drawState();
    if (this.#pending.length === 0) return;
    const text = this.#pending.join("");
    this.#pending = [];
    if (text !== "") this.#append(text);
    this.counts.textContent = fill(words.counts, number(this.chunks), number(this.characters));
    this.copyButton.disabled = false;
    if (this.#follows) this.text.scrollTop = 1e9;
  }

  #drawState() {
    this.#drawnState = this.state;
    this.root.dataset.state = this.state;
    this.root.querySelector(".state-own").textContent = words.state[this.state] ?? this.state;
    this.root.querySelector(".state-other").textContent = otherWords.state[this.state] ?? "";
    this.text.setAttribute("aria-busy", String(["thinking", "answering", "judging"].includes(this.state)));
  }

  #append(text) {
    if (!this.text.lang && isJapanese(text)) this.text.lang = "ja";
    if (text.length > TEXT_KEPT) {
      this.text.replaceChildren();
      this.#block = null;
      this.#shown = 0;
      this.#markTrimmed();
      text = text.slice(-TEXT_KEPT);
    }
    this.#shown += text.length;
    while (text !== "") {
      if (!this.#block) {
        this.#block = document.createTextNode("");
        this.text.append(element("p", {}, this.#block));
      }
      const end = blockEnd(text, this.#block.length);
      this.#block.appendData(end === -1 ? text : text.slice(0, end));
      if (end === -1) break;
      text = text.slice(end);
      this.#block = null;
    }
    while (this.#shown > TEXT_KEPT + 2 * BLOCK) {
      this.#shown -= this.text.firstElementChild.textContent.length;
      this.text.firstElementChild.remove();
      this.#markTrimmed();
    }
  }

  #markTrimmed() {
    this.root.dataset.trimmed = "";
    this.text.dataset.note = words.trimmed;
  }
}
