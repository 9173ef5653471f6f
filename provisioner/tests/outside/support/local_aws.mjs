// Starts `provision` for the JavaScript tests and reads the line in which it says where it is.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const repository = fileURLToPath(new URL("../../../..", import.meta.url));
export const provision = process.env.PROVISION ?? join(repository, "target/debug/provision");
export const bootstrap = process.env.BOOTSTRAP ?? join(repository, "target/release/bootstrap");

/** The scripted council, templates/scenarios/magi.yaml. */
export const AGENT = { agentId: "MAGICOUNCL", agentAliasId: "LIVE" };

/** Checks that a call is refused by AWS's name for the error. */
export const refuses = (call, name) => assert.rejects(call, (error) => {
  assert.equal(error.name, name, `${error.name}: ${error.message}`);
  assert.ok(error.$metadata.requestId, "AWS tells a request id with every error");
  return true;
});

/** Runs `provision dev` with these arguments; `stop` ends it and waits until it is gone. */
export async function startDev(...args) {
  const home = await mkdtemp(join(tmpdir(), "outside-"));
  const child = spawn(provision, ["dev", ...args], {
    cwd: home,
    env: { PATH: process.env.PATH, HOME: home, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = once(child, "exit");
  const said = [];
  child.stderr.setEncoding("utf8").on("data", (text) => said.push(text));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const first = await Promise.race([
    lines.next().then(({ value }) => value),
    exited.then(() => undefined),
    new Promise((resolve) => setTimeout(resolve, 120_000).unref()),
  ]);
  if (!first) {
    child.kill("SIGKILL");
    throw new Error(`\`${provision} dev ${args.join(" ")}\` did not get ready:\n${said.join("")}`);
  }
  const line = JSON.parse(first);
  return {
    ...line,
    /** For the constructor of any SDK client. */
    config: {
      endpoint: line.endpoint,
      region: line.region,
      credentials: { accessKeyId: line.accessKeyId, secretAccessKey: line.secretAccessKey },
      maxAttempts: 1,
    },
    async stop() {
      child.kill("SIGTERM");
      await exited;
      await rm(home, { recursive: true });
    },
  };
}
