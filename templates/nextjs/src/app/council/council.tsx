"use client";

// Yours to change. An example to start from: one question, the council's answers as they grow, and what went wrong if
// something did.

import { useRef, useState, type FormEvent, type KeyboardEvent } from "react";
import type { Member } from "../../lib/magi/council";
import type { AskOptions } from "../../lib/magi/gateway-client";
import { useCouncil, type UseCouncil } from "../../lib/magi/use-council";
import styles from "./council.module.css";
import { languageOf, useLanguage } from "./language";
import { MemberCard } from "./member-card";
import type { Words } from "./words";

type Props = {
  /** The gateway's URL and the user's token; without them the page asks this app's own route, without a token. */
  gateway?: Pick<AskOptions, "url" | "token">;
  signIn?: () => void;
};

export function Council({ gateway, signIn }: Props) {
  const [question, setQuestion] = useState("");
  const [asked, setAsked] = useState("");
  const answer = useRef<HTMLElement>(null);
  const council = useCouncil(gateway);
  const { language, words } = useLanguage();
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
    // The button that was pressed goes away. Without this the keyboard's focus would go back to the top of the page.
    answer.current?.focus();
    ask(asked);
  };

  return (
    <main className={styles.page} lang={language} data-testid="council" data-phase={council.phase}>
      <h1>{words.title}</h1>
      <form onSubmit={submit}>
        <label htmlFor="question">{words.question}</label>
        <textarea
          id="question"
          rows={3}
          value={question}
          lang={languageOf(question)}
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

      {/* A screen reader reads this out when it changes, so it is there from the start. The agents' text is no such
          region: it grows, and would be read from its beginning each time. */}
      <p role="status" className={styles.status}>{statusOf(council, words)}</p>
      {council.failure && (
        <div role="alert" className={styles.alert} data-code={council.failure.code}>
          <h2>{words.failed}</h2>
          {Object.hasOwn(words.failures, council.failure.code) && <p>{words.failures[council.failure.code]}</p>}
          <p className={styles.said} lang="en">
            <code>{council.failure.code}</code> {council.failure.message}
          </p>
          {council.failure.code === "sign_in_required" && signIn && (
            <button type="button" onClick={signIn}>{words.signIn}</button>
          )}
          {council.failure.retryable && <button type="button" onClick={again}>{words.again}</button>}
        </div>
      )}

      <section ref={answer} tabIndex={-1} className={styles.answer} aria-label={words.answer} aria-busy={isAsking}>
        {council.phase !== "idle" && <p className={styles.asked} lang={languageOf(asked)}>{asked}</p>}
        <div className={styles.members}>
          {conclusionLast(council.members).map((member) => (
            <MemberCard key={member.agent} member={member} phase={council.phase} />
          ))}
        </div>
        <Sources council={council} words={words} />
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

/** The answer that concludes stands below those that it weighs, though its agent is the first to be introduced. */
function conclusionLast(members: Member[]): Member[] {
  return [...members].sort((one, other) => Number(one.concludes) - Number(other.concludes));
}

function statusOf({ phase, complete }: UseCouncil, words: Words): string {
  if (phase === "asking") return words.asking;
  if (phase === "stopped") return words.stopped;
  if (phase === "done" && complete) return words.done((complete.executionTime / 1000).toFixed(1), complete.usage.outputTokens);
  return "";
}

function Sources({ council, words }: { council: UseCouncil; words: Words }) {
  const found = council.citations.flatMap(({ sources }) => sources.map(({ title, location }) => title ?? location ?? ""));
  const names = [...new Set(found)].filter((name) => name !== "");
  if (names.length === 0) return null;
  return (
    <div className={styles.sources}>
      <h2>{words.sources}</h2>
      <ul>{names.map((name) => <li key={name} lang={languageOf(name)}>{name}</li>)}</ul>
    </div>
  );
}
