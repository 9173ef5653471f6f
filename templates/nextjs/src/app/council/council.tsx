"use client";

// Yours to change. An example to start from: one question, the council's answers as they grow, and what went wrong if something did.

import { useState } from "react";
import type { AskOptions } from "../../lib/magi/gateway-client";
import { useCouncil } from "../../lib/magi/use-council";
import styles from "./council.module.css";

type Props = {
  /** Where the gateway is; without it, this app's own route. */
  gateway?: Pick<AskOptions, "url" | "token">;
  signIn?: () => void;
};

export function Council({ gateway, signIn }: Props) {
  const [question, setQuestion] = useState("");
  const council = useCouncil(gateway);
  const isAsking = council.phase === "asking";

  return (
    <main className={styles.page} data-testid="council" data-phase={council.phase}>
      <h1>MAGI</h1>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void council.ask(question);
        }}
      >
        <textarea aria-label="Question" value={question} onChange={(event) => setQuestion(event.target.value)} required />
        <button type="submit" disabled={isAsking}>Ask</button>
        <button type="button" disabled={!isAsking} onClick={council.stop}>Stop</button>
        <button type="button" onClick={council.forget}>New session</button>
      </form>

      {council.members.map((member) => (
        <section key={member.agent} data-agent={member.agent} data-state={member.state}>
          <h2>{member.name} <small>{member.state}</small></h2>
          <p>{member.text}</p>
        </section>
      ))}

      {council.phase === "stopped" && <p role="status">Stopped.</p>}
      {council.failure && (
        <div role="alert" data-code={council.failure.code}>
          <p>{council.failure.message}</p>
          {council.failure.code === "sign_in_required" && <button type="button" onClick={signIn}>Sign in</button>}
          {council.failure.retryable && <button type="button" onClick={() => void council.ask(question)}>Ask again</button>}
        </div>
      )}
      {council.complete && (
        <p role="status">{(council.complete.executionTime / 1000).toFixed(1)} s, {council.complete.usage.outputTokens} tokens</p>
      )}
    </main>
  );
}
