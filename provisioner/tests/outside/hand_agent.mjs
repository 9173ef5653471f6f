// An agent whose every move the test decides: Bedrock's InvokeAgent, played by hand (hand_agent.py, for JavaScript).
// It proves order by events instead of by clocks: it says the next word only after the test has seen the one before.

import { once } from "node:events";
import { createServer } from "node:http";
import { crc32 } from "./zip.mjs";

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

/** One event stream message: lengths, CRC, headers, payload, CRC (smithy.io, amazon-eventstream). */
function message(headers, payload) {
  const block = Buffer.concat(Object.entries(headers).flatMap(([name, value]) => [
    Buffer.from([name.length]), Buffer.from(name), Buffer.from([7, value.length >> 8, value.length & 0xff]), Buffer.from(value),
  ]));
  const body = Buffer.from(payload);
  const uint32 = (value) => {
    const four = Buffer.alloc(4);
    four.writeUInt32BE(value);
    return four;
  };
  const lengths = Buffer.concat([uint32(16 + block.length + body.length), uint32(block.length)]);
  const head = Buffer.concat([lengths, uint32(crc32(lengths)), block, body]);
  return Buffer.concat([head, uint32(crc32(head))]);
}
