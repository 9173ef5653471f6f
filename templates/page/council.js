// The panels of the agents that answer: all side by side, but for the one that speaks for them, which is below.

import { $ } from "./dom.js";
import { Panel } from "./panel.js";
import { words } from "./words.js";

export class Council {
  #asked;
  #others;
  #panels = new Map();
  #roles = new Map();

  /** @param {string} asked the agent that the function calls @param {string[]} names all that are known beforehand */
  constructor(asked, names) {
    this.#asked = asked;
    this.#others = names.filter((name) => name !== asked);
    this.reset();
  }

  reset() {
    this.#panels.clear();
    for (const name of [this.#asked, ...this.#others]) this.#add(name);
    this.#arrange();
  }

  /** The panel of an agent; one that nobody announced gets a column of its own. */
  panel(name = this.#speaker()) {
    if (!this.#panels.has(name)) {
      this.#add(name);
      this.#arrange();
    }
    return this.#panels.get(name);
  }

  /** Takes an agent's name for people, and the role that it has in gateway.yaml, if it has one. */
  introduce({ agent, name, role }) {
    this.panel(agent).title = String(name ?? agent);
    if (!role || this.#roles.get(agent) === role) return;
    this.#roles.set(agent, role);
    this.panel(agent).role = words.roles[role] ?? role;
    this.#arrange();
  }

  /** No panel still says that its agent is at work when the answer is over. */
  end(whole) {
    for (const panel of this.#panels.values()) {
      if (panel.state === "waiting") panel.become("silent");
      else if (panel.state !== "done") panel.become(whole ? "done" : "cut");
    }
  }

  draw() {
    for (const panel of this.#panels.values()) panel.draw();
  }

  /** Whose answer is the answer: the judge's, else that of the agent that was asked. Only a judge is called one. */
  #speaker() {
    const [judge] = [...this.#roles].find(([, role]) => role === "judge") ?? [];
    return judge ?? this.#asked;
  }

  #add(name) {
    const panel = new Panel(name);
    const role = this.#roles.get(name);
    if (role) panel.role = words.roles[role] ?? role;
    this.#panels.set(name, panel);
  }

  #arrange() {
    const below = this.panel();
    const beside = [...this.#panels.values()].filter((panel) => panel !== below);
    beside.forEach((panel, place) => panel.colour(place));
    place($("below"), [below]);
    place($("beside"), beside);
    $("council").dataset.beside = String(beside.length);
    $("council").toggleAttribute("data-many", beside.length > 4);
    $("beside").style.setProperty("--columns", String(beside.length));
  }
}

/** Puts panels into a row. One that stays where it is is not touched: it would lose its place in a long text. */
function place(row, panels) {
  const roots = panels.map(({ root }) => root);
  for (const child of [...row.children]) if (!roots.includes(child)) child.remove();
  roots.forEach((root, at) => {
    if (row.children[at] !== root) row.insertBefore(root, row.children[at] ?? null);
  });
}
