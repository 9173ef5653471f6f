// The list of raw events: all are counted, and the last ones are shown as they came.

import { $, element } from "./dom.js";
import { fill, number, timeOfDay, words } from "./words.js";

const ROWS_KEPT = 500; // that stay listed
const ROW_TEXT = 2_000; // characters of one event that are shown
const REDRAW_MS = 120; // nobody reads faster, and each time up to 500 rows are made
const REDRAW_SHARE = 4; // and a slow machine spends at most a fourth of its time on it

export class EventLog {
  #rows = [];
  #events = 0;
  #comments = 0;
  #drawn = 0;
  #drawNext = 0;

  reset() {
    this.#rows = [];
    this.#events = this.#comments = this.#drawn = 0;
    $("rows").replaceChildren();
  }

  take(item, since, label) {
    if (item.kind === "event") this.#events += 1;
    else this.#comments += 1;
    this.#rows.push({ item, since, label, at: new Date(), seq: this.total });
    if (this.#rows.length > 2 * ROWS_KEPT) this.#rows = this.#rows.slice(-ROWS_KEPT);
  }

  get total() {
    return this.#events + this.#comments;
  }

  get kept() {
    return this.#rows.slice(-ROWS_KEPT);
  }

  text() {
    return this.kept.map(({ at, item }) => `${at.toISOString()} ${item.kind === "event" ? item.data : `: ${item.text}`}\n`).join("");
  }

  draw(now, isLast) {
    $("event-count").textContent = fill(words.eventCount, number(this.#events), number(this.#comments));
    const list = $("rows");
    const isSettled = isLast !== list.hasAttribute("data-live");
    if (!$("events").open || (isSettled && this.#drawn === this.total && this.total > 0)) return;
    if (!isLast && now < this.#drawNext) return;
    const startedAt = performance.now();
    const follows = list.scrollTop + list.clientHeight >= list.scrollHeight - 32;
    list.toggleAttribute("data-live", !isLast); // one line an event while they come, all of it afterwards
    const kept = this.kept;
    list.append(...kept.filter((row) => row.seq > this.#drawn).map((row) => this.#row(row)));
    while (list.childElementCount > kept.length) list.firstElementChild.remove();
    this.#drawn = this.total;
    $("event-note").textContent = this.total ? fill(words.eventNote, number(kept.length), number(this.total)) : words.eventNone;
    if (follows) list.scrollTop = 1e9; // lays out what was added, so that the measured time is the whole time
    this.#drawNext = now + Math.max(REDRAW_MS, REDRAW_SHARE * (performance.now() - startedAt));
  }

  #row({ item, since, label, at }) {
    const text = item.kind === "event" ? item.data : `: ${item.text}`;
    const more = text.length - ROW_TEXT;
    return element("li", { className: item.kind },
      element("time", { className: "num dim", textContent: timeOfDay(at), dateTime: at.toISOString() }),
      element("span", { className: "num dim", textContent: `+${(since / 1_000).toFixed(3)}` }),
      element("b", { textContent: label }),
      element("code", { textContent: more > 0 ? text.slice(0, ROW_TEXT) + fill(words.cutData, number(more)) : text }));
  }
}
