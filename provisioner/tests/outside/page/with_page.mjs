// Runs a command while `provision dev` serves the page: `node with_page.mjs COMMAND ARGUMENT...`.
// The command finds the page in PAGE_URL.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { bootstrap, startDev } from "../support/local_aws.mjs";

const [command, ...args] = process.argv.slice(2);
const dev = await startDev("--json", "--page-port", "0", "--binary", bootstrap);
try {
  const child = spawn(command, args, {
    stdio: "inherit",
    env: { ...process.env, PAGE_URL: dev.pageUrl },
  });
  const [code] = await once(child, "exit");
  process.exitCode = code ?? 1;
} finally {
  await dev.stop();
}
