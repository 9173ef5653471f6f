// What the tests with other people's clients share: a local AWS with a deployed function that
// anybody may call, and an independent witness of what the scripted council says.

import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { BedrockAgentRuntimeClient, InvokeAgentCommand } from "@aws-sdk/client-bedrock-agent-runtime";
import { AGENT, bootstrap, provision, startDev } from "../support/local_aws.mjs";

export const QUESTION = "東京に新しい公園を作るべきか";
export const JUDGE = "SOLOMON";
export const SAGES = ["BALTHASAR", "CASPAR", "MELCHIOR"];

/** Starts everything; `stop` ends it. `environment` is the patient function's; `settings` are of gateway.yaml. */
export async function startGateway({ environment, settings } = {}) {
  const dev = await startDev("--no-deploy", "--speed", "0");
  const home = await mkdtemp(join(tmpdir(), "clients-"));

  /** The URL of a new function in front of the council, in which a run may take that long. */
  async function deploy(name, timeoutSeconds, environment = {}, more = {}) {
    const configuration = {
      name,
      region: dev.region,
      agents: { magi: { id: AGENT.agentId, alias: AGENT.agentAliasId, name: JUDGE } },
      default_agent: "magi",
      auth: "none",
      timeout_seconds: timeoutSeconds,
      environment,
      env_file: join(home, `.env.${name}`),
      ...settings,
      ...more,
    };
    // JSON is YAML.
    const file = join(home, "gateway.yaml");
    await writeFile(file, JSON.stringify(configuration));
    const { stdout } = await promisify(execFile)(provision, ["up", "--yes", "--binary", bootstrap], {
      cwd: home,
      env: {
        PATH: process.env.PATH,
        HOME: home,
        NO_COLOR: "1",
        AWS_EC2_METADATA_DISABLED: "true",
        AWS_ENDPOINT_URL: dev.endpoint,
        AWS_REGION: dev.region,
        AWS_ACCESS_KEY_ID: dev.accessKeyId,
        AWS_SECRET_ACCESS_KEY: dev.secretAccessKey,
      },
    });
    return stdout.trim().replace(/\/$/, "");
  }

  /** What the agents say to `inputText`, as AWS's own client hears it: text by name. */
  async function witness(inputText) {
    const client = new BedrockAgentRuntimeClient(dev.config);
    const said = new Map();
    const add = (agent, text) => said.set(agent, (said.get(agent) ?? "") + text);
    try {
      const { completion } = await client.send(new InvokeAgentCommand({
        ...AGENT, sessionId: "witness", inputText, enableTrace: true,
        streamingConfigurations: { streamFinalResponse: true },
      }));
      const decoder = new TextDecoder();
      for await (const { chunk, trace } of completion) {
        if (chunk) add(JUDGE, decoder.decode(chunk.bytes, { stream: true }));
        const text = trace?.trace?.orchestrationTrace?.observation?.finalResponse?.text;
        if (text && trace.collaboratorName) add(trace.collaboratorName, text);
      }
    } catch {
      // What it said before it failed is what counts.
    } finally {
      client.destroy();
    }
    return said;
  }

  return {
    dev,
    witness,
    url: await deploy("patient", 120, environment),
    deploy,
    /** Its planned end comes while the agent still thinks. */
    hastyUrl: await deploy("hasty", 10),
    async stop() {
      await dev.stop();
      await rm(home, { recursive: true });
    },
  };
}
