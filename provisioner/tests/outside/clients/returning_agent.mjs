// A Bedrock agent that hands a task back to its client and goes on when it is done. The messages
// are written by AWS's own encoder.

import { once } from "node:events";
import { createServer } from "node:http";
import { EventStreamCodec } from "@smithy/core/event-streams";

export const INVOCATION_ID = "5c1d1b6e-7a55-4a8b-9c0e-3f2a9d3c1e77";
export const ACTION = {
  actionGroup: "parks", function: "close", agentId: "MAGICOUNCL",
  parameters: [{ name: "park", type: "string", value: "上野" }],
};
export const DONE = "公園は閉じられました。";

const encode = (text) => new TextEncoder().encode(text);
const codec = new EventStreamCodec((bytes) => new TextDecoder().decode(bytes), encode);
const message = (type, payload) => codec.encode({
  headers: {
    ":message-type": { type: "string", value: "event" },
    ":event-type": { type: "string", value: type },
    ":content-type": { type: "string", value: "application/json" },
  },
  body: encode(JSON.stringify(payload)),
});

/** Listens on a free port; `asked` has what was sent to it: the session and the body. */
export async function startHandAgent() {
  const asked = [];
  const server = createServer(async (request, response) => {
    const body = JSON.parse(Buffer.concat(await request.toArray()).toString());
    asked.push({ session: request.url.split("/sessions/")[1].split("/")[0], body });
    response.writeHead(200, { "content-type": "application/vnd.amazon.eventstream", "x-amzn-requestid": "hand" });
    response.end(body.sessionState?.returnControlInvocationResults
      ? message("chunk", { bytes: Buffer.from(DONE).toString("base64") })
      : message("returnControl", {
        invocationId: INVOCATION_ID, invocationInputs: [{ functionInvocationInput: ACTION }],
      }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    asked,
    /** Points the function's Bedrock client here. */
    environment: { AWS_ENDPOINT_URL_BEDROCK_AGENT_RUNTIME: `http://127.0.0.1:${server.address().port}` },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
