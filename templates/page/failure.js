// How a question ended badly, said plainly: what happened, and what to do about it.

import { element } from "./dom.js";
import { fill, words } from "./words.js";

/** The gateway's error codes are matched by meaning, so that a code that is new here still gets advice. */
const ADVICE = [
  [/throttl|too_?many|quota|429/i, "throttled"],
  [/den(y|ied)|forbidden|unauthori[sz]ed|40[13]/i, "denied"],
  [/not_?found|404/i, "notFound"],
  [/deadline|time_?out|timed_?out|504/i, "deadline"],
  [/idle|stall/i, "idle"],
  [/clos|reset|incomplete|ended|interrupt/i, "closed"],
  [/invalid|validation|bad_?request|400|413|415/i, "invalid"],
];

function advice({ kind, code = "", retryable }) {
  if (kind === "cut" || kind === "stopped") return words.advice[kind];
  if (kind === "network" || kind === "unreachable") return words.advice.network;
  const found = ADVICE.find(([pattern]) => pattern.test(code));
  return words.advice[found?.[1] ?? (retryable ? "retry" : "logs")];
}

function notice(kind, ...content) {
  const made = element("div", { className: "notice" }, ...content);
  made.dataset.kind = kind;
  made.dataset.testid = "notice";
  return made;
}

/** What to show for a turn that is over: nothing when all is well. */
export function notices(turn, askAgain) {
  const found = warnings(turn).map((text) => notice("warning", element("p", { textContent: text })));
  if (turn.outcome.kind !== "done") found.unshift(failure(turn, askAgain));
  return found;
}

function failure({ outcome, chunks }, askAgain) {
  const text = element("div", {}, element("h2", { textContent: fill(words.notice[outcome.kind], outcome.status) }));
  const said = element("p", { className: "said" });
  if (outcome.code) said.append(element("code", { textContent: outcome.code }), " ");
  if (outcome.message) said.append(outcome.message);
  if (outcome.retryable) said.append(element("span", { className: "tag", textContent: words.retryable }));
  if (said.hasChildNodes()) text.append(said);
  text.append(element("p", { textContent: advice(outcome) }));
  if (chunks > 0 && outcome.kind !== "stopped") text.append(element("p", { textContent: words.notice.partial }));
  const again = element("button", { type: "button", textContent: words.again });
  again.addEventListener("click", askAgain);
  return notice(outcome.kind, text, again);
}

function warnings({ end, chunks, extra, badJson }) {
  const found = [];
  if (Number.isInteger(end?.chunkCount) && end.chunkCount !== chunks) {
    found.push(fill(words.notice.count, end.chunkCount, chunks));
  }
  if (extra > 0) found.push(fill(words.notice.extra, extra));
  if (badJson > 0) found.push(fill(words.notice.badJson, badJson));
  return found;
}
