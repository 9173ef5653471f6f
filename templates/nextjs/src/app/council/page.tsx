"use client";

// An example to start from: one question, the council's answers as they grow, and what went wrong if something did.

import { useState, type SubmitEvent } from "react";
import { useCouncil } from "../../lib/magi/use-council";
import styles from "./page.module.css";
import { accessToken, signIn } from "./sign-in";

// Direct mode when the function URL is known to the browser; else through this app's own route.
const DIRECT_URL = process.env.NEXT_PUBLIC_BEDROCK_GATEWAY_URL;
const GATEWAY = DIRECT_URL ? { url: DIRECT_URL, token: accessToken } : {};

export default function Page() {
  const [question, setQuestion] = useState("");
  const council = useCouncil(GATEWAY);
  const isAsking = council.phase === "asking";

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    void council.ask(question);
  }

  return (
    <main className={styles.page} data-testid="council" data-phase={council.phase}>
      <h1>MAGI</h1>
      <form onSubmit={submit}>
        <textarea aria-label="Question" value={question} onChange={(event) => setQuestion(event.target.value)} required />
        <button type="submit" disabled={isAsking}>Ask</button>
        <button type="button" disabled={!isAsking} onClick={council.stop}>Stop</button>
        <button type="button" onClick={council.forget}>New session</button>
      </form>

      {council.members.map((member) => (
        <section key={member.agent} data-agent={member.agent} data-state={member.state}>
          <h2>{member.name} <small>{member.state}</small></h2>
          <p data-testid="text">{member.text}</p>
        </section>
      ))}

      {council.phase === "stopped" && <p role="status">Stopped.</p>}
      {council.failure && (
        <div role="alert" data-code={council.failure.code}>
          <p>{council.failure.message}</p>
          {council.failure.code === "sign_in_required" && <button type="button" onClick={() => void signIn()}>Sign in</button>}
          {council.failure.retryable && <button type="button" onClick={() => void council.ask(question)}>Ask again</button>}
        </div>
      )}
      {council.complete && (
        <p role="status">{(council.complete.executionTime / 1000).toFixed(1)} s, {council.complete.usage.outputTokens} tokens</p>
      )}
    </main>
  );
}
