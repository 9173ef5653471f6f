// Yours to change. What the page says, in English and Japanese.

import type { State } from "../../lib/magi/events";

export type Words = {
  title: string;
  question: string;
  ask: string;
  stop: string;
  newSession: string;
  answer: string;
  sources: string;
  judge: string;
  /** `cut`: the answer ended while this agent had not. */
  states: Record<State | "cut", string>;
  asking: string;
  stopped: string;
  done: (seconds: string, tokens: number) => string;
  failed: string;
  again: string;
  signIn: string;
  /** By the failure's code. Others are told in the gateway's own words, which are English. */
  failures: Record<string, string>;
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
  failed: "There is no whole answer",
  again: "Ask again",
  signIn: "Sign in",
  failures: {},
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
  failed: "回答は完了していません",
  again: "もう一度質問する",
  signIn: "サインイン",
  failures: {
    agent_failed: "エージェントでエラーが発生しました。もう一度質問してください。",
    agent_unavailable: "エージェントが応答できませんでした。もう一度質問してください。",
    connection_lost: "エージェントとの接続が切れました。もう一度質問してください。",
    deadline: "制限時間内に回答が終わりませんでした。質問を小さくして、もう一度お試しください。",
    gateway_unreachable: "ゲートウェイに接続できませんでした。もう一度質問してください。",
    idle: "エージェントからの応答が途絶えました。もう一度質問してください。",
    session_busy: "このセッションでは別の質問に回答中です。終わるのを待つか、新しいセッションで質問してください。",
    sign_in_required: "続けるには、もう一度サインインしてください。",
    throttled: "混み合っています。少し待ってから、もう一度質問してください。",
    truncated: "回答が途中で切れました。もう一度質問してください。",
    unreachable: "ゲートウェイに接続できませんでした。通信状態を確かめて、もう一度質問してください。",
  },
};

/** The language of the page: `ja` for Japanese. */
export const words = en;
