// The notice about a question that has failed: what happened, and what to do next.

import { element } from "./dom.js";
import { fill, isJapanese, words } from "./words.js";

/** A code that a newer gateway may send has no words here: then it counts whether the question may be asked again. */
function advice({ kind, code, retryable }) {
  if (kind === "stopped" || kind === "cut") return words.advice[kind];
  if (kind === "network" || kind === "unreachable") return words.advice.network;
  if (Object.hasOwn(words.failures, code)) return words.failures[code];
  return words.advice[retryable ? "retry" : "logs"];
}

function notice(kind, ...content) {
  const made = element("div", { className: "notice" }, ...content);
  made.dataset.kind = kind;
  made.dataset.testid = "notice";
  return made;
}

/** The notices for a turn that is over: none when the answer is whole. */
export function notices(turn, askAgain) {
  const found = warnings(turn).map((text) => notice("warning", element("p", { textContent: text })));
  if (turn.outcome.kind !== "done") found.unshift(failure(turn, askAgain));
  return found;
}

function failure({ outcome, chunks }, askAgain) {
  const text = element("div", {}, element("h2", { textContent: fill(words.notice[outcome.kind], outcome.status) }));
  const said = element("p", { className: "said" });
  if (outcome.code) said.append(element("code", { textContent: outcome.code }), " ");
  if (outcome.message) said.append(element("span", { lang: isJapanese(outcome.message) ? "ja" : "en", textContent: outcome.message }));
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
