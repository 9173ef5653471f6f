"use client";

// Yours to change. An example to start from: one question, the council's answers as they grow, and what went wrong if
// something did.

import { useRef, useState, type FormEvent, type KeyboardEvent } from "react";
import type { Member } from "../../lib/magi/council";
import type { AskOptions } from "../../lib/magi/gateway-client";
import { useCouncil, type UseCouncil } from "../../lib/magi/use-council";
import styles from "./council.module.css";
import { MemberCard } from "./member-card";
import { words } from "./words";

type Props = {
  /** Where the gateway is, and whose token it wants; without it, this app's own route, and nobody's. */
  gateway?: Pick<AskOptions, "url" | "token">;
  signIn?: () => void;
};

export function Council({ gateway, signIn }: Props) {
  const [question, setQuestion] = useState("");
  const [asked, setAsked] = useState("");
  const answer = useRef<HTMLElement>(null);
  const council = useCouncil(gateway);
  const isAsking = council.phase === "asking";

  const ask = (text: string) => {
    if (isAsking || text.trim() === "") return;
    setAsked(text);
    void council.ask(text);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    ask(question);
  };
  const again = () => {
    // The button that was pressed goes away; whoever uses the keyboard is to stay near it.
    answer.current?.focus();
    ask(asked);
  };

  return (
    <main className={styles.page} data-testid="council" data-phase={council.phase}>
      <h1>{words.title}</h1>
      <form onSubmit={submit}>
        <label htmlFor="question">{words.question}</label>
        <textarea
          id="question"
          rows={3}
          value={question}
          onChange={(event) => setQuestion(event.target.value)}
          onKeyDown={submitsWithCtrlEnter}
          required
        />
        {/* Not `disabled`: a button that is disabled while it has the focus takes the keyboard with it. */}
        <div className={styles.buttons}>
          <button type="submit" className={styles.primary} aria-disabled={isAsking}>{words.ask}</button>
          <button type="button" aria-disabled={!isAsking} onClick={council.stop}>{words.stop}</button>
          <button type="button" className={styles.quiet} onClick={council.forget}>{words.newSession}</button>
        </div>
      </form>

      {/* Read out when it changes; it has to be there before. The text that grows is not: it would be read over and over. */}
      <p role="status" className={styles.status}>{statusOf(council)}</p>
      {council.failure && (
        <div role="alert" className={styles.alert} data-code={council.failure.code}>
          <h2>{words.failed}</h2>
          <p>{words.failures[council.failure.code] ?? council.failure.message}</p>
          {council.failure.code === "sign_in_required" && signIn && (
            <button type="button" onClick={signIn}>{words.signIn}</button>
          )}
          {council.failure.retryable && <button type="button" onClick={again}>{words.again}</button>}
        </div>
      )}

      <section ref={answer} tabIndex={-1} className={styles.answer} aria-label={words.answer} aria-busy={isAsking}>
        {council.phase !== "idle" && <p className={styles.asked}>{asked}</p>}
        <div className={styles.members}>
          {judgeLast(council.members).map((member) => (
            <MemberCard key={member.agent} member={member} phase={council.phase} />
          ))}
        </div>
        <Sources council={council} />
      </section>
    </main>
  );
}

function submitsWithCtrlEnter(event: KeyboardEvent<HTMLTextAreaElement>) {
  // While an input method composes, Enter belongs to it.
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.nativeEvent.isComposing) return;
  event.preventDefault();
  event.currentTarget.form?.requestSubmit();
}

/** The verdict stands below what it weighs, though the judge is heard of first. */
function judgeLast(members: Member[]): Member[] {
  return [...members].sort((one, other) => Number(one.role === "judge") - Number(other.role === "judge"));
}

function statusOf({ phase, complete }: UseCouncil): string {
  if (phase === "asking") return words.asking;
  if (phase === "stopped") return words.stopped;
  if (phase === "done" && complete) return words.done((complete.executionTime / 1000).toFixed(1), complete.usage.outputTokens);
  return "";
}

function Sources({ council }: { council: UseCouncil }) {
  const found = council.citations.flatMap(({ sources }) => sources.map(({ title, location }) => title ?? location ?? ""));
  const names = [...new Set(found)].filter((name) => name !== "");
  if (names.length === 0) return null;
  return (
    <div className={styles.sources}>
      <h2>{words.sources}</h2>
      <ul>{names.map((name) => <li key={name}>{name}</li>)}</ul>
    </div>
  );
}
