// The agents that answer, known beforehand or not: the sages side by side, and below them the one who speaks for all.

import { $ } from "./dom.js";
import { Panel } from "./panel.js";
import { fill, words } from "./words.js";

export class Council {
  #judge;
  #sages;
  #panels = new Map();

  /** @param {string} judge the agent that the function calls @param {string[]} names all that are known beforehand */
  constructor(judge, names) {
    this.#judge = judge;
    this.#sages = names.filter((name) => name !== judge);
    this.reset();
  }

  reset() {
    this.#panels.clear();
    $("sages").replaceChildren();
    $("judge").replaceChildren();
    this.#add(this.#judge);
    for (const name of this.#sages) this.#add(name);
  }

  /** The panel of an agent; one that nobody announced gets a column of its own. */
  panel(name = this.#judge) {
    return this.#panels.get(name) ?? this.#add(name);
  }

  /** Nobody is left thinking when the answer is over. */
  end(whole) {
    for (const panel of this.#panels.values()) {
      if (panel.state === "waiting") panel.become("silent");
      else if (panel.state !== "done") panel.become(whole ? "done" : "cut");
    }
  }

  draw() {
    for (const panel of this.#panels.values()) panel.draw();
  }

  #add(name) {
    const isJudge = name === this.#judge;
    const panel = new Panel(name, isJudge ? null : this.#panels.size - 1);
    this.#panels.set(name, panel);
    $(isJudge ? "judge" : "sages").append(panel.root);
    const sages = this.#panels.size - 1;
    $("council").dataset.sages = String(sages);
    $("council").toggleAttribute("data-many", sages > 4);
    $("sages").style.setProperty("--columns", String(sages));
    // A single agent is neither sage nor judge.
    if (sages > 0) panel.role = isJudge ? words.judge : fill(words.sage, sages);
    if (sages === 1) this.#panels.get(this.#judge).role = words.judge;
    return panel;
  }
}
