// Every word of the page in both its languages, and how values are written in them.

const WORDS = {
  en: {
    skip: "Skip to the answer", title: "Ask the agent", region: "Region", memory: "Memory", timeout: "Timeout",
    auth: "Auth", url: "Function URL", infoMissing: "provision dev does not answer ./info. Is it still running?",
    question: "Your question", placeholder: "What should the council decide?", session: "Session",
    newSession: "New session", noSession: "new", ask: "Ask", again: "Ask again", stop: "Stop",
    examples: "Example questions", tryFailure: "Try a failure",
    tryFailureNote: "The scripted agents play these. One click asks at once.", answer: "Answer",
    firstByte: "First byte", firstText: "First text", chunks: "Chunks", bytes: "Received", ran: "In the function",
    tokens: "Tokens in → out", rawEvents: "Raw events", copy: "Copy", copied: "Copied", copyFailed: "Not copied",
    earlier: "Earlier in this session", sage: "Sage {0}", judge: "Judge", retryable: "can be retried",
    counts: "{0} chunks, {1} characters", trimmed: "Only the last part is shown. Copy gives the whole text.",
    eventCount: "{0} events, {1} comments", eventNote: "The last {0} of {1}, with the time of receipt.",
    eventNone: "Nothing received yet.", cutData: " … {0} more characters", seconds: "{0} s", ms: "{0} ms",
    phase: { idle: "Ready", connecting: "Waiting for the first byte", running: "The answer is streaming",
      quiet: "No text for {0} s, the connection is alive", silent: "Nothing received for {0} s, not even a keep-alive",
      done: "Complete", failed: "Failed", cut: "Ended without an end", stopped: "Stopped" },
    state: { waiting: "Waiting", thinking: "Thinking", answering: "Answering", judging: "Judging", done: "Done",
      cut: "Cut off", silent: "Did not speak" },
    notice: {
      failed: "The agent failed", http: "The request was refused with HTTP {0}", cut: "The stream ended without its end event",
      network: "The connection broke", unreachable: "provision dev did not answer", notSse: "The answer is not an event stream",
      stopped: "Stopped by you", partial: "The text below may be only a part of the answer.",
      count: "The end event reports {0} chunks, {1} arrived.", extra: "Events arrived after the end: {0}.",
      badJson: "Events whose data is not JSON: {0}." },
    advice: {
      throttled: "Wait a few seconds and ask again. If it happens often, raise the model's quota in Service Quotas.",
      denied: "The function's role may not call this agent. Run provision plan and compare the agent and alias id in gateway.yaml.",
      notFound: "The agent or its alias does not exist here. Check the ids and the region in gateway.yaml.",
      deadline: "The function's time was used up. Ask something smaller, or raise timeout_seconds in gateway.yaml.",
      idle: "The agent said nothing for too long. Ask again, or raise idle_timeout_seconds in gateway.yaml.",
      closed: "The agent closed the stream early. Ask again; if it repeats, look at provision logs.",
      invalid: "The request itself was not accepted. Correct what the message names, then ask again.",
      retry: "This can be retried: ask again.", logs: "Look at provision logs for the request id, then ask again.",
      cut: "Do not take this for a whole answer. Ask again, and look at provision logs: the function may have crashed or been killed.",
      network: "Check that provision dev is still running in its terminal, then ask again.",
      stopped: "The text so far stays. The agent may go on for a moment on its side." },
    questions: [
      "Should we go serverless this year?",
      "A four-day week for our team: yes or no?",
      "What should a small town protect first, the river or the road?",
    ],
    play: { "!throttled": "refused before the first word", "!throttled-midway": "throttled in the middle of the answer",
      "!closes": "the agent hangs up without an end", "!stalls": "the agent stops talking", "!denied": "no permission for the agent",
      "!not-found": "no such agent", "!flood": "100,000 chunks as fast as they go", "!megabyte": "one chunk of a megabyte",
      "!split": "characters cut between messages", "!silence": "a long silence, then the answer", "!one-chunk": "the whole answer at once" }
  },
  ja: {
    skip: "回答へ移動", title: "エージェントに質問する", region: "リージョン", memory: "メモリ", timeout: "タイムアウト",
    auth: "認証", url: "関数 URL", infoMissing: "provision dev が ./info に応答しません。起動していますか。",
    question: "質問", placeholder: "評議会に何を諮りますか", session: "セッション",
    newSession: "新しいセッション", noSession: "新規", ask: "質問する", again: "もう一度質問する", stop: "停止",
    examples: "質問の例", tryFailure: "障害を試す",
    tryFailureNote: "台本エージェントが再現します。押すとすぐに送信します。", answer: "回答",
    firstByte: "最初のバイト", firstText: "最初の文字", chunks: "チャンク", bytes: "受信量", ran: "関数内の時間",
    tokens: "トークン 入→出", rawEvents: "生イベント", copy: "コピー", copied: "コピーしました", copyFailed: "コピーできません",
    earlier: "このセッションの以前の質問", sage: "賢者 {0}", judge: "裁定者", retryable: "再試行できます",
    counts: "{0} チャンク、{1} 文字", trimmed: "末尾だけを表示しています。コピーすると全文が得られます。",
    eventCount: "イベント {0}、コメント {1}", eventNote: "全 {1} 件のうち最新の {0} 件。時刻は受信時刻です。",
    eventNone: "まだ何も受信していません。", cutData: " … 残り {0} 文字", seconds: "{0} 秒", ms: "{0} ms",
    phase: { idle: "待機中", connecting: "最初のバイトを待っています", running: "回答を受信しています",
      quiet: "{0} 秒間テキストなし。接続は生きています", silent: "{0} 秒間、キープアライブも届いていません",
      done: "完了", failed: "失敗", cut: "終端なしで終了", stopped: "停止しました" },
    state: { waiting: "待機", thinking: "思考中", answering: "回答中", judging: "審議中", done: "完了",
      cut: "中断", silent: "発言なし" },
    notice: {
      failed: "エージェントが失敗しました", http: "リクエストは HTTP {0} で拒否されました", cut: "終了イベントなしでストリームが終わりました",
      network: "接続が切れました", unreachable: "provision dev が応答しません", notSse: "応答がイベントストリームではありません",
      stopped: "停止しました", partial: "以下の文章は回答の一部だけかもしれません。",
      count: "終了イベントは {0} チャンクと報告しましたが、届いたのは {1} です。", extra: "終了後に届いたイベント: {0}",
      badJson: "JSON でないデータのイベント: {0}" },
    advice: {
      throttled: "数秒待ってからもう一度質問してください。頻発する場合は Service Quotas でモデルの上限を引き上げてください。",
      denied: "関数のロールにこのエージェントを呼ぶ権限がありません。provision plan を実行し、gateway.yaml のエージェント ID とエイリアス ID を確かめてください。",
      notFound: "エージェントまたはエイリアスが見つかりません。gateway.yaml の ID とリージョンを確かめてください。",
      deadline: "関数の制限時間を使い切りました。質問を小さくするか、gateway.yaml の timeout_seconds を増やしてください。",
      idle: "エージェントが長い間応答しませんでした。もう一度質問するか、gateway.yaml の idle_timeout_seconds を増やしてください。",
      closed: "エージェントが途中でストリームを閉じました。もう一度質問し、繰り返す場合は provision logs を確かめてください。",
      invalid: "リクエストが受け付けられませんでした。メッセージの示す箇所を直して、もう一度質問してください。",
      retry: "再試行できます。もう一度質問してください。", logs: "provision logs でリクエスト ID を確かめてから、もう一度質問してください。",
      cut: "完全な回答とみなさないでください。もう一度質問し、provision logs を確かめてください。関数が異常終了したか、強制終了された可能性があります。",
      network: "provision dev がターミナルで動いていることを確かめてから、もう一度質問してください。",
      stopped: "ここまでの文章は残ります。エージェント側の処理はしばらく続くことがあります。" },
    questions: [
      "今年、サーバーレスへ移行すべきか",
      "チームに週休三日制を導入すべきか",
      "小さな町が先に守るべきは、川か、道か",
    ],
    play: { "!throttled": "最初の一語の前に拒否される", "!throttled-midway": "回答の途中でスロットリングされる",
      "!closes": "終端なしで切断される", "!stalls": "途中で沈黙したままになる", "!denied": "エージェントを呼ぶ権限がない",
      "!not-found": "エージェントが存在しない", "!flood": "100,000 チャンクを一気に送る", "!megabyte": "1 メガバイトのチャンク",
      "!split": "文字の途中で分割される", "!silence": "長い沈黙のあとに回答する", "!one-chunk": "全文が一度に届く" }
  }
};

export const language = navigator.language.toLowerCase().startsWith("ja") ? "ja" : "en";
export const otherLanguage = language === "ja" ? "en" : "ja";
export const words = WORDS[language];
export const otherWords = WORDS[otherLanguage];

/** Puts values where a text says {0}, {1}. */
export const fill = (text, ...values) => text.replace(/\{(\d)\}/g, (_, at) => values[at]);

const format = new Intl.NumberFormat(language);
export const number = (value) => format.format(value);

export const seconds = (value) => fill(words.seconds, (value / 1_000).toFixed(1));
export const milliseconds = (value) => (value < 1_000 ? fill(words.ms, Math.round(value)) : seconds(value));

export function bytes(value) {
  if (value < 1_000) return `${value} B`;
  return value < 1_000_000 ? `${(value / 1_000).toFixed(1)} kB` : `${(value / 1_000_000).toFixed(1)} MB`;
}

/** The local time of day with milliseconds: 12:03:04.567. */
export function timeOfDay(date) {
  const two = (value) => String(value).padStart(2, "0");
  const milli = String(date.getMilliseconds()).padStart(3, "0");
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${milli}`;
}
