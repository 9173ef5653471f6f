// Yours to change. What the page says, in English and Japanese.

import type { State } from "../../lib/magi/events";
import { failures } from "./failures";

export type Words = {
  title: string;
  question: string;
  ask: string;
  stop: string;
  newSession: string;
  answer: string;
  sources: string;
  judge: string;
  /** `cut`: the answer ended before this agent had finished. */
  states: Record<State | "cut", string>;
  asking: string;
  stopped: string;
  done: (seconds: string, tokens: number) => string;
  failed: string;
  again: string;
  signIn: string;
  /** By the failure's code. A code that a newer gateway sends is shown with the gateway's own words, which are English. */
  failures: Record<string, string>;
  /** For whoever builds the app: the page of direct mode has no gateway. */
  noUrl: string;
};

export const en: Words = {
  title: "MAGI",
  question: "Question",
  ask: "Ask",
  stop: "Stop",
  newSession: "New session",
  answer: "Answer",
  sources: "Sources",
  judge: "Judge",
  states: { thinking: "thinking", answering: "answering", judging: "judging", done: "done", cut: "cut off" },
  asking: "The council is at work.",
  stopped: "Stopped. The text so far stays.",
  done: (seconds, tokens) => `Complete: ${seconds} s, ${tokens} tokens`,
  failed: "The answer is not complete",
  again: "Ask again",
  signIn: "Sign in",
  failures: failures.en,
  noUrl: "NEXT_PUBLIC_BEDROCK_GATEWAY_URL was not set when this app was built. Set it, then build the app again.",
};

export const ja: Words = {
  title: "MAGI",
  question: "質問",
  ask: "質問する",
  stop: "停止",
  newSession: "新しいセッション",
  answer: "回答",
  sources: "参照元",
  judge: "裁定者",
  states: { thinking: "思考中", answering: "回答中", judging: "審議中", done: "完了", cut: "中断" },
  asking: "評議会が検討しています。",
  stopped: "停止しました。ここまでの文章は残ります。",
  done: (seconds, tokens) => `完了（${seconds} 秒、${tokens} トークン）`,
  failed: "回答を最後まで取得できませんでした",
  again: "再試行する",
  signIn: "サインイン",
  failures: failures.ja,
  noUrl: "ビルド時に NEXT_PUBLIC_BEDROCK_GATEWAY_URL が設定されていませんでした。設定してからビルドし直してください。",
};
