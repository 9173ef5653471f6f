// The handler as AWS documents it for the managed runtime: `awslambda.streamifyResponse`, and the
// SDK's client with its defaults. Bundled with esbuild, as Amplify and the CDK do it.
import { BedrockAgentRuntimeClient, InvokeAgentCommand } from "@aws-sdk/client-bedrock-agent-runtime";

const client = new BedrockAgentRuntimeClient({});
const decoder = new TextDecoder();

export const handler = awslambda.streamifyResponse(async (event, responseStream) => {
  responseStream = awslambda.HttpResponseStream.from(responseStream, {
    statusCode: 200,
    headers: { "content-type": "text/event-stream; charset=utf-8" },
  });
  const { question, sessionId } = JSON.parse(event.body);
  const { completion } = await client.send(new InvokeAgentCommand({
    agentId: process.env.AGENT_ID,
    agentAliasId: process.env.AGENT_ALIAS_ID,
    sessionId,
    inputText: question,
  }));
  let chunkNumber = 0;
  for await (const { chunk } of completion) {
    if (!chunk?.bytes) continue;
    chunkNumber += 1;
    const data = {
      type: "chunk", content: decoder.decode(chunk.bytes), chunkNumber, timestamp: new Date().toISOString(),
    };
    // Waits when the client is slower: without it, memory grows with the answer.
    if (!responseStream.write(`data: ${JSON.stringify(data)}\n\n`)) {
      await new Promise((resolve) => responseStream.once("drain", resolve));
    }
  }
  responseStream.write(`data: ${JSON.stringify({ type: "complete", chunkCount: chunkNumber })}\n\n`);
  responseStream.end();
});
