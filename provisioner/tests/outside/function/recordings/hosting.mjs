// Hosts a framework's programs for `record.py`, each in a `BedrockAgentCoreApp` of its own, and plays what the models
// say: the same as hosting.py and played.py.

import { createInterface } from "node:readline";
import { writeSync } from "node:fs";
import { createServer } from "node:http";

export const PIECES = ["It ", "is", " ", "2026", "\n\n", "晴れ", "です。", "\n", "- ", "21", ".", "5", " 度", " 🌤"];
export const ANSWER = PIECES.join("");
const BEFORE_PAUSE = 7;
const MILLISECONDS_A_PIECE = 50;
export const LOOKING = ["Let me ", "look", ".\n"];
export const THOUGHT = ["Which ", "city", "? ", "東京。"];
export const SECRET_RESULT = "SECRET-RESULT 21.5";
export const SECRET_FAILURE = "SECRET-FAILURE";
export const TOOL = "get_weather";
export const TOOL_INPUT = { city: "SECRET-INPUT-東京" };
export const ASKED_INPUT = { city: "東京" };
export const WHICH_DAY = "何日の天気ですか？";
export const USAGE = { inputTokens: 10, outputTokens: 5, totalTokens: 15 };

const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const tell = (message) => writeSync(1, `${JSON.stringify(message)}\n`);
// What frameworks print is not for the recorder.
console.log = console.info = console.error;

let goOn = () => {};
createInterface({ input: process.stdin }).on("line", () => goOn()).on("close", () => process.exit(0));

/** The pieces as a model says them; among those of the answer is the pause. */
export async function* spoken(pieces = PIECES) {
  for (const [number, piece] of pieces.entries()) {
    if (pieces === PIECES && number === BEFORE_PAUSE) {
      tell({ paused: true });
      await new Promise((resolve) => { goOn = resolve; });
    }
    yield piece;
    await sleep(MILLISECONDS_A_PIECE);
  }
}

/** What a program says and how it ends; the fields are those of `Program` in hosting.py. */
export function program(about, fields = {}) {
  return {
    about, text: [], members: {}, reasoning: [], tools: [], asks: [], end: "complete", at_pause: null, protocol: "http", asked: null,
    ...fields,
  };
}

/** A program that says the played answer after what it has said `before`. */
export function answer(about, { before = [], streams = true, lag = 0, ...more } = {}) {
  if (!streams) return program(about, { text: [...before, ANSWER], ...more });
  const heard = [...before, ...PIECES.slice(0, BEFORE_PAUSE - lag)].join("");
  return program(about, { text: [...before, ...PIECES], at_pause: heard, ...more });
}

/**
 * Serves `programs` until the recorder is gone: by name [what it says, its handler for `BedrockAgentCoreApp`]. Those of
 * `servers` are listeners of Node.js's own web server instead.
 */
export async function serve(framework, packages, programs, servers = {}) {
  const { BedrockAgentCoreApp } = await import("bedrock-agentcore/runtime");
  const told = {};
  for (const [name, [says, listener]] of Object.entries(servers)) {
    const server = createServer(listener);
    await new Promise((resolve) => { server.listen(0, "127.0.0.1", resolve); });
    told[name] = { ...says, url: `http://127.0.0.1:${server.address().port}/invocations` };
  }
  for (const [name, [says, process]] of Object.entries(programs)) {
    const app = new BedrockAgentCoreApp({ invocationHandler: { process }, config: { logging: { enabled: false } } });
    app.run({ port: 0, host: "127.0.0.1" });
    // The package tells nobody on which port it listens.
    while (!app._app.server.listening) await sleep(10);
    told[name] = { ...says, url: `http://127.0.0.1:${app._app.server.address().port}/invocations` };
  }
  tell({ framework, packages, programs: told });
}

/** The versions of the packages that are installed. */
export async function versions(...packages) {
  const { readFile } = await import("node:fs/promises");
  return Object.fromEntries(await Promise.all(packages.map(async (name) =>
    [name, JSON.parse(await readFile(new URL(`node_modules/${name}/package.json`, import.meta.url))).version])));
}
