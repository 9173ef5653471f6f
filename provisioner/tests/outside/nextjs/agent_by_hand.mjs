// An agent whose every move the test decides: Bedrock's InvokeAgent, played by hand (hand_agent.py, for JavaScript).
// It proves order by events instead of by clocks: it says the next word only after the test has seen the one before.

import { once } from "node:events";
import { createServer } from "node:http";
import { EventStreamCodec } from "@smithy/core/event-streams";

/** Serves InvokeAgent on a free port; `asked()` gives the next question's turn as soon as there is one. */
export async function handAgent() {
  const turns = [];
  const waiting = [];
  const server = createServer(async (request, response) => {
    for await (const _ of request);
    response.socket.setNoDelay(true);
    response.writeHead(200, { "content-type": "application/vnd.amazon.eventstream", "x-amzn-requestid": "hand" });
    response.flushHeaders();
    const turn = new Turn(response);
    const next = waiting.shift();
    if (next) next(turn);
    else turns.push(turn);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    /** Points the function's Bedrock client here, whatever else it is pointed at. */
    environment: { AWS_ENDPOINT_URL_BEDROCK_AGENT_RUNTIME: `http://127.0.0.1:${server.address().port}` },
    asked: () => turns.length > 0 ? Promise.resolve(turns.shift()) : new Promise((resolve) => waiting.push(resolve)),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** One question: what the agent says to it. */
class Turn {
  #response;

  constructor(response) {
    this.#response = response;
  }

  say(text) {
    this.#send({ ":message-type": "event", ":event-type": "chunk" }, { bytes: Buffer.from(text).toString("base64") });
  }

  /** An exception in the middle of the stream, which ends it. */
  fail(exception) {
    this.#send({ ":message-type": "exception", ":exception-type": exception }, { message: "by hand" });
    this.end();
  }

  end() {
    this.#response.end();
  }

  #send(headers, payload) {
    this.#response.write(message({ ...headers, ":content-type": "application/json" }, JSON.stringify(payload)));
  }
}

const encode = (text) => new TextEncoder().encode(text);
const codec = new EventStreamCodec((bytes) => new TextDecoder().decode(bytes), encode);

/** One message of AWS's event stream, by AWS's own encoder. */
function message(headers, payload) {
  const strings = Object.entries(headers).map(([name, value]) => [name, { type: "string", value }]);
  return codec.encode({ headers: Object.fromEntries(strings), body: encode(payload) });
}
