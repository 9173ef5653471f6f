// The page of `provision dev`: one question, and the council's answer as it arrives.
// What arrives changes plain values at once; the document changes at most once per animation frame. A flood of
// events therefore costs the browser no more than a trickle does.

import { Council } from "./council.js";
import { $, copy, element, inItsLanguage, put } from "./dom.js";
import { EventLog } from "./events.js";
import { Explanations } from "./explain.js";
import { notices } from "./failure.js";
import { Turn } from "./turn.js";
import { bytes, fill, language, milliseconds, number, otherLanguage, seconds, words } from "./words.js";

const QUIET_MS = 3_000; // without new text for this long, the bar says so
const SILENT_MS = 25_000; // two keep-alives of 10 s are missing: the connection itself is in doubt

const log = new EventLog();
const explanations = new Explanations();
const announcements = [];
let council;
let turn = null;
let session = sessionStorage.getItem("session") ?? "";
let scheduled = false;
let trace = "summary"; // the most that the deployment allows

// What arrives.

async function ask(question) {
  if (turn?.running || question.trim() === "") return $("question").focus();
  if (turn) archive();
  council.reset();
  log.reset();
  explanations.reset();
  $("notices").replaceChildren();
  turn = new Turn(question, { item: (...row) => log.take(...row), event: take });
  showRunning(true);
  drawRun(performance.now());
  if (matchMedia("(max-width: 45rem)").matches) $("stats").scrollIntoView();
  schedule();
  // With `trace: off` nothing may be explained.
  const isExplained = explanations.isWanted && trace !== "off";
  const { kind } = await turn.run({ sessionId: session || undefined, ...(isExplained && { explain: true, trace }) });
  council.end(kind === "done");
  $("notices").append(...notices(turn, () => ask(question)));
  $("notices").firstElementChild?.scrollIntoView({ block: "nearest" });
  announcements.push(words.phase[phase()]);
  showRunning(false);
  schedule();
}

function take(event) {
  if (event.sessionId && !turn.isForgotten) keepSession(event.sessionId);
  if (event.type === "agent") council.introduce(event);
  if (event.type === "explain") explanations.take(event);
  // All other events (start, trace, citation and types that are added later) show up in the list of raw events.
  if (event.type !== "status" && event.type !== "chunk") return;
  const panel = council.panel(event.agent);
  const changed = event.type === "chunk" ? panel.take(String(event.content ?? "")) : panel.become(event.state);
  if (changed) announcements.push(`${panel.name}: ${words.state[panel.state] ?? panel.state}`);
}

function keepSession(id) {
  if (id === session) return;
  session = id;
  if (id) sessionStorage.setItem("session", id);
  else sessionStorage.removeItem("session");
  showSession();
}

// What is shown.

function schedule() {
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame((now) => {
    scheduled = false;
    council.draw();
    log.draw(now, !turn?.running);
    explanations.draw();
    drawRun(performance.now());
    // The text itself is not announced here: its own region does that once the agent has done.
    if (announcements.length > 0) $("announce").textContent = announcements.splice(0).join("\n");
    if (turn?.running) schedule();
  });
}

function phase() {
  if (!turn) return "idle";
  if (turn.running) return turn.firstByte === null ? "connecting" : "running";
  return ["done", "stopped", "cut"].includes(turn.outcome.kind) ? turn.outcome.kind : "failed";
}

function phaseText(now) {
  if (phase() !== "running") return words.phase[phase()];
  const [byte, text] = [now - turn.lastByteAt, now - turn.lastTextAt];
  if (byte > SILENT_MS) return fill(words.phase.silent, Math.floor(byte / 1_000));
  return text > QUIET_MS ? fill(words.phase.quiet, Math.floor(text / 1_000)) : words.phase.running;
}

function drawRun(now) {
  $("run").dataset.phase = $("council").dataset.phase = phase();
  put("phase", phaseText(now));
  if (!turn) return;
  const { running, startedAt, took, end, firstByte, firstText } = turn;
  put("elapsed", seconds(running ? now - startedAt : took));
  put("first-byte", firstByte === null ? "–" : milliseconds(firstByte));
  put("first-text", firstText === null ? "–" : milliseconds(firstText));
  put("chunks", number(turn.chunks));
  put("bytes", bytes(turn.bytes));
  put("ran", end?.executionTime == null ? "–" : milliseconds(end.executionTime));
  put("tokens", end?.usage ? `${number(end.usage.inputTokens)} → ${number(end.usage.outputTokens)}` : "–");
}

function showRunning(running) {
  // Not `disabled`: the button that was just pressed would lose the focus.
  $("ask").setAttribute("aria-disabled", String(running));
  $("stop").hidden = !running;
}

function showSession() {
  put("session", session ? session.slice(0, 8) : words.noSession);
  $("session").title = session;
  $("new-session").disabled = session === "";
}

/** Keeps the question and its final answer in the list of earlier ones, before the next question is asked. */
function archive() {
  const ending = element("span", { className: "dim", textContent: words.phase[phase()] });
  $("turns").prepend(element("li", {}, element("details", {},
    element("summary", {}, inItsLanguage("span", turn.question), " ", ending),
    inItsLanguage("p", council.panel().whole().slice(0, 20_000) || "–"))));
  $("earlier").hidden = false;
}

// What is there from the start.

function translate() {
  document.documentElement.lang = language;
  const template = $("panel").content;
  for (const part of [...document.querySelectorAll("[data-t]"), ...template.querySelectorAll("[data-t]")]) {
    part.textContent = words[part.dataset.t];
  }
  for (const part of document.querySelectorAll("[data-t-label]")) part.ariaLabel = words[part.dataset.tLabel];
  template.querySelector(".state-other").lang = otherLanguage;
  $("question").placeholder = words.placeholder;
  if (/Mac|iPhone|iPad/.test(navigator.platform)) $("mod").textContent = "⌘";
}

function listChips() {
  for (const question of words.questions) {
    const chip = element("button", { type: "button", className: "chip", textContent: question });
    chip.addEventListener("click", () => {
      $("question").value = question;
      $("question").focus();
    });
    $("examples").append(chip);
  }
  for (const [name, meaning] of Object.entries(words.play)) {
    const chip = element("button", { type: "button" },
      element("code", { textContent: name }), element("span", { textContent: meaning }));
    chip.dataset.play = name;
    chip.addEventListener("click", () => {
      $("question").value = name;
      closeMenu();
      ask(name);
    });
    $("failures").append(element("li", {}, chip));
  }
}

function closeMenu() {
  if (!$("failure-menu").open) return;
  $("failure-menu").open = false;
  $("failure-menu").querySelector("summary").focus({ preventScroll: true });
}

function listen() {
  $("form").addEventListener("submit", (event) => {
    event.preventDefault();
    ask($("question").value);
  });
  $("question").addEventListener("keydown", (event) => {
    // Enter that ends a composition belongs to the input method; Safari sends it as 229 after the composition.
    if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      $("form").requestSubmit();
    }
  });
  $("stop").addEventListener("click", () => {
    turn?.stop();
    $("question").focus({ preventScroll: true });
  });
  $("failure-menu").addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeMenu();
  });
  document.addEventListener("pointerdown", (event) => {
    if (!$("failure-menu").contains(event.target)) $("failure-menu").open = false;
  });
  $("new-session").addEventListener("click", () => {
    if (turn) turn.isForgotten = true; // an answer that is still streaming does not bring its session back
    keepSession("");
  });
  $("events").addEventListener("toggle", schedule);
  $("explain").addEventListener("toggle", schedule);
  $("copy-setting").addEventListener("click", (event) => explanations.copy(event.currentTarget));
  $("copy-events").addEventListener("click", (event) => copy(log.text(), event.currentTarget));
}

async function meet() {
  const info = await fetch("./info").then((response) => (response.ok ? response.json() : null)).catch(() => null);
  const name = info?.agent?.name ?? "agent";
  council = new Council(name, (info?.agents ?? []).map((agent) => agent.name));
  document.title = `${name} · provision dev`;
  put("agent-name", name);
  $(info ? "facts" : "facts-missing").hidden = false;
  if (!info) return;
  trace = info.trace ?? trace;
  put("info-region", info.region ?? "–");
  put("info-memory", info.memoryMb ? `${number(info.memoryMb)} MB` : "–");
  put("info-timeout", info.timeoutSeconds ? fill(words.seconds, info.timeoutSeconds) : "–");
  put("info-auth", info.authType ?? "–");
  put("info-url", info.functionUrl ?? "–");
}

translate();
listChips();
showSession();
await meet();
listen();
schedule();
