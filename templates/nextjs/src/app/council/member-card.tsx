// Yours to change. One agent of the council: who it is, what it is doing, and what it has said so far.

import type { Council, Member } from "../../lib/magi/council";
import styles from "./council.module.css";
import { words } from "./words";

export function MemberCard({ member, phase }: { member: Member; phase: Council["phase"] }) {
  const state = stateIn(phase, member);
  return (
    <article className={styles.member} data-agent={member.agent} data-role={member.role} data-state={state}>
      <header>
        <h2>{member.name}</h2>
        {member.role === "judge" && <span className={styles.role}>{words.judge}</span>}
        <span className={styles.state}>
          <span className={styles.unseen} aria-live="polite">{`${member.name}: ${words.states[state]}`}</span>
          <span aria-hidden="true">{words.states[state]}</span>
        </span>
      </header>
      {member.text !== "" && <p>{member.text}</p>}
    </article>
  );
}

/** Once the answer is over nobody goes on, whatever was heard last of them. */
function stateIn(phase: Council["phase"], { state }: Member): keyof typeof words.states {
  if (phase === "asking" || state === "done") return state;
  return phase === "done" ? "done" : "cut";
}
