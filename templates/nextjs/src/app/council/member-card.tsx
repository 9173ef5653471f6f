// Yours to change. One agent of the council: its name, what it is doing, and what it has said so far.

import type { Council, Member } from "../../lib/magi/council";
import styles from "./council.module.css";
import { languageOf, useLanguage } from "./language";
import type { Words } from "./words";

export function MemberCard({ member, phase }: { member: Member; phase: Council["phase"] }) {
  const { words } = useLanguage();
  const state = stateIn(phase, member);
  return (
    <article
      className={styles.member}
      data-agent={member.agent}
      data-role={member.role}
      data-concludes={member.concludes || undefined}
      data-state={state}
    >
      <header>
        <h2 lang={languageOf(member.name)}>{member.name}</h2>
        {member.role === "judge" && <span className={styles.role}>{words.judge}</span>}
        <span className={styles.state}>
          <span className={styles.unseen} aria-live="polite">{`${member.name}: ${words.states[state]}`}</span>
          <span aria-hidden="true">{words.states[state]}</span>
        </span>
      </header>
      {member.text !== "" && <p lang={languageOf(member.text)}>{member.text}</p>}
    </article>
  );
}

/** No agent is shown as being at work once the answer is over, whatever its last status was. */
function stateIn(phase: Council["phase"], { state }: Member): keyof Words["states"] {
  if (phase === "asking" || state === "done") return state;
  return phase === "done" ? "done" : "cut";
}
