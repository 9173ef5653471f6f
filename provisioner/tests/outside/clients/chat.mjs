// A chat as `useChat` has one, with its state in plain fields instead of React's.

/** A chat with the function at `url`; `heard` has what it was told. `body` and `options` as in `useChat`. */
export function chat({ AbstractChat, DefaultChatTransport }, url, body = {}, options = {}) {
  const heard = { errors: [], finished: [], data: [] };
  const state = {
    status: "ready",
    error: undefined,
    messages: [],
    pushMessage(message) { this.messages = [...this.messages, message]; },
    popMessage() { this.messages = this.messages.slice(0, -1); },
    replaceMessage(at, message) { this.messages = this.messages.map((old, i) => (i === at ? message : old)); },
    snapshot: structuredClone,
  };
  class Chat extends AbstractChat {}
  return Object.assign(new Chat({
    state,
    transport: new DefaultChatTransport({ api: `${url}/ai-sdk`, body }),
    onError: (error) => heard.errors.push(error),
    onFinish: (end) => heard.finished.push(end),
    onData: (part) => heard.data.push(part),
    ...options,
  }), { heard });
}
