// A Next.js app made of what `provision generate nextjs` writes and of what every app has before: a root layout, a
// tsconfig.json, and a way to sign in. Built for production once, then started as often as a test likes.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { generate } from "./generated.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const next = join(here, "node_modules/next/dist/bin/next");
const QUIET = { PATH: process.env.PATH, HOME: "/nonexistent", NEXT_TELEMETRY_DISABLED: "1", NO_COLOR: "1" };

/**
 * Makes the app of this name, with these settings in gateway.yaml. It lies below the installed packages, so that
 * Next.js finds them as in any project.
 */
export async function makeApp(name, settings = "") {
  const app = join(here, ".app", name);
  await rm(app, { recursive: true, force: true });
  await mkdir(join(app, "src/app"), { recursive: true });
  for (const name of ["tsconfig.json", "next.config.mjs"]) await cp(join(here, "app", name), join(app, name));
  await cp(join(here, "app/layout.tsx"), join(app, "src/app/layout.tsx"));
  await writeFile(join(app, "gateway.yaml"), settings);
  const { code, said } = await generate("nextjs", "--out", app, "--config", join(app, "gateway.yaml"));
  if (code !== 0) throw new Error(`generate failed:\n${said}`);
  await cp(join(here, "app/sign-in.ts"), join(app, "src/app/council/direct/sign-in.ts"));
  // Beside the route that somebody has filled in stands one as it was generated.
  const route = join(app, "src/app/api/magi/stream/route.ts");
  const generated = await readFile(route, "utf8");
  await mkdir(join(app, "src/app/api/magi/untouched"));
  await writeFile(join(app, "src/app/api/magi/untouched/route.ts"), generated);
  await writeFile(route, generated.replace('return "not filled in";', 'return !/signedout/.test(_request.headers.get("cookie") ?? "");'));
  return app;
}

/** `next build`, which also checks all types. `env` is for the browser's code. */
export async function buildApp(app, env) {
  const child = spawn(process.execPath, [next, "build", app], { env: { ...QUIET, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const said = collect(child);
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error(`next build failed:\n${said.join("")}`);
}

/** `next start`, or `next dev`, with these variables, for this machine unless told otherwise; gives where it listens, what it has logged, and `stop`. */
export async function startApp(app, env, port, command = "start", hostname = ["-H", "127.0.0.1"]) {
  const child = spawn(process.execPath, [next, command, app, ...hostname, "--port", String(port)], {
    env: { ...QUIET, ...env }, stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = once(child, "exit");
  const said = collect(child);
  const ready = (async () => {
    for await (const line of createInterface({ input: child.stdout })) if (/Ready/.test(line)) return true;
    return false;
  })();
  if (!await Promise.race([ready, exited.then(() => false)])) throw new Error(`next ${command} failed:\n${said.join("")}`);
  return {
    url: `http://127.0.0.1:${port}`,
    log: () => said.join(""),
    /** Waits until it has logged this: what a process says comes by another way than what it answers. */
    async logged(pattern) {
      const deadline = Date.now() + 60_000;
      while (!pattern.test(said.join(""))) {
        if (Date.now() > deadline) throw new Error(`nothing like ${pattern} in:\n${said.join("")}`);
        await setTimeout(20);
      }
    },
    async stop() {
      child.kill("SIGTERM");
      await exited;
    },
  };
}

let nextPort = 20_000 + Math.floor(Math.random() * 10_000);

/**
 * A port that nobody has: an origin has to be known before the server that has it. It is below those that the kernel
 * gives to every connection, from 32768 on, and so it stays free.
 */
export async function freePort() {
  for (;;) {
    const port = nextPort++;
    const server = createServer();
    try {
      await once(server.listen(port, "127.0.0.1"), "listening");
    } catch (error) {
      if (error.code === "EADDRINUSE") continue;
      throw error;
    }
    server.close();
    await once(server, "close");
    return port;
  }
}

function collect(child) {
  const said = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => said.push(bytes.toString()));
  return said;
}
