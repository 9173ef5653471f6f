// Runs `provision generate` as a user would, with the settings of one deployment.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";

const provision = process.env.PROVISION ?? fileURLToPath(new URL("../../../../target/debug/provision", import.meta.url));
const SETTINGS = ["--name", "magi", "--region", "ap-northeast-1", "--agent-id", "MAGICOUNCL", "--agent-alias", "LIVE"];

/** Gives the exit code and what was said to people. A `--config` among the arguments adds to the settings. */
export async function generate(...args) {
  const child = spawn(provision, ["generate", ...args, ...SETTINGS], {
    cwd: tmpdir(), env: { PATH: process.env.PATH, HOME: "/nonexistent", NO_COLOR: "1" }, stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text) => { said += text; });
  const [code] = await once(child, "close");
  return { code, said };
}
