// The "before": waits for the end of the agent's answer and returns it in one piece.
import { BedrockAgentRuntimeClient, InvokeAgentCommand } from "@aws-sdk/client-bedrock-agent-runtime";

const client = new BedrockAgentRuntimeClient({});
const decoder = new TextDecoder();

export const handler = async (event) => {
  const { question, sessionId } = JSON.parse(event.body);
  const { completion } = await client.send(new InvokeAgentCommand({
    agentId: process.env.AGENT_ID,
    agentAliasId: process.env.AGENT_ALIAS_ID,
    sessionId,
    inputText: question,
  }));
  let body = "";
  let chunkNumber = 0;
  for await (const { chunk } of completion) {
    if (!chunk?.bytes) continue;
    chunkNumber += 1;
    const data = {
      type: "chunk", content: decoder.decode(chunk.bytes), chunkNumber, timestamp: new Date().toISOString(),
    };
    body += `data: ${JSON.stringify(data)}\n\n`;
  }
  body += `data: ${JSON.stringify({ type: "complete", chunkCount: chunkNumber })}\n\n`;
  return { statusCode: 200, headers: { "content-type": "text/event-stream; charset=utf-8" }, body };
};
