#!/usr/bin/env node
// Starts the `provision` of this machine, which is a package of its own: npm installs the one that fits.
"use strict";

const { spawn } = require("node:child_process");
const { constants } = require("node:os");

const platform = `${process.platform}-${process.arch}`;
const name = `bedrock-gateway-${platform}`;

/** What somebody can do whose machine has no program, or not this one. */
function wayOut() {
  const supported = "PLATFORMS";
  if (!supported.includes(platform)) {
    const windows = process.platform === "win32" ? " On Windows it runs in WSL2." : "";
    return `there is no program for ${platform}; there is one for ${supported.join(", ")}.${windows}`;
  }
  const isMusl = process.platform === "linux" && !process.report.getReport().header.glibcVersionRuntime;
  if (isMusl) {
    return "the program needs glibc, which Alpine Linux does not have: use an image such as node:24-slim.";
  }
  return `the optional package ${name} is not installed. Either optional packages were left out
(--omit=optional, --no-optional), or the lock file was made on another kind of machine: npm then forgets the
packages for this one (https://github.com/npm/cli/issues/4828). To mend that:
  npm    rm -rf node_modules package-lock.json && npm install
  pnpm   pnpm install --force
  yarn   rm -rf node_modules && yarn install --check-files`;
}

let program;
try {
  program = require.resolve(`${name}/provision`);
} catch {
  console.error(`error: provision cannot start: ${wayOut()}`);
  process.exit(1);
}

// Where npm has started this, the shell does not know `provision`: messages then name what can be typed there.
const typed = process.env.npm_command ? { BEDROCK_GATEWAY_TYPED: "npx bedrock-gateway" } : {};
const child = spawn(program, process.argv.slice(2), { stdio: "inherit", env: { ...process.env, ...typed } });
child.on("error", (error) => {
  console.error(`error: provision cannot start: ${error.message}`);
  process.exit(1);
});
// Ctrl-C on a terminal reaches the program by itself. Whoever signals this process alone means the program.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
  });
}
child.on("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
