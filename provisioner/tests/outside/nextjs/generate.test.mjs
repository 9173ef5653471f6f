// `provision generate nextjs` again, in an app that people have worked in since.

import assert from "node:assert/strict";
import { appendFile, mkdtemp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { generate } from "./generated.mjs";

const ROUTE = "src/app/api/magi/stream/route.ts";
const CLIENT = "src/lib/magi/gateway-client.ts";
let app;
const at = (path) => join(app, path);
const write = () => generate("nextjs", "--out", app);
const check = () => generate("nextjs", "--out", app, "--check");

beforeEach(async () => {
  app = await mkdtemp(join(tmpdir(), "generated-"));
});

afterEach(() => rm(app, { recursive: true }));

test("--check catches a file that was edited by hand, and generating repairs it", async () => {
  assert.equal((await check()).code, 2);
  assert.equal((await write()).code, 0);
  assert.equal((await check()).code, 0);
  await appendFile(at(CLIENT), "// mine\n");
  const { code, said } = await check();
  assert.equal(code, 2);
  assert.match(said, /gateway-client\.ts/);
  assert.equal((await write()).code, 0);
  assert.equal((await check()).code, 0);
});

test("who generates for the first time is told how to try it out, and nobody else", async () => {
  const told = /nobody may ask yet.*`BEDROCK_GATEWAY_OPEN_IN_DEV=1 npx next dev -H 127\.0\.0\.1`/;
  assert.match((await write()).said, told);
  assert.doesNotMatch((await write()).said, told);
});

test("what was to start from is the user's own: changed or deleted, it stays so", async () => {
  await write();
  await writeFile(at(ROUTE), "// mine\n");
  await rm(at("src/app/council"), { recursive: true });
  assert.equal((await check()).code, 0);
  assert.equal((await write()).code, 0);
  assert.equal(await readFile(at(ROUTE), "utf8"), "// mine\n");
  await assert.rejects(readFile(at("src/app/council/page.tsx")), { code: "ENOENT" });
});

test("a route that was there before is left as it is", async () => {
  await mkdir(join(at(ROUTE), ".."), { recursive: true });
  await writeFile(at(ROUTE), "// the old handler\n");
  const { code, said } = await write();
  assert.equal(code, 0);
  assert.match(said, /route\.ts: is there already/);
  assert.equal(await readFile(at(ROUTE), "utf8"), "// the old handler\n");
  await readFile(at(CLIENT));
});

test("a file of the user's own in place of a generated one is not overwritten", async () => {
  await mkdir(join(at(CLIENT), ".."), { recursive: true });
  await writeFile(at(CLIENT), "// mine\n");
  assert.equal((await write()).code, 1);
  await assert.rejects(readFile(at(ROUTE)), { code: "ENOENT" });
});

test("only who signs needs the signer: with tokens the user's own is passed on", async () => {
  const ts = createRequire(import.meta.url)("typescript");
  const forward = async (settings) => {
    const config = at("gateway.yaml");
    await writeFile(config, settings);
    const { code, said } = await generate("nextjs", "--out", app, "--config", config);
    assert.equal(code, 0, said);
    const text = await readFile(at("src/lib/magi/forward.ts"), "utf8");
    const { diagnostics } = ts.transpileModule(text, { reportDiagnostics: true });
    assert.deepEqual(diagnostics, []);
    return text;
  };
  assert.match(await forward("auth: iam"), /from "aws4fetch"/);
  const jwt = await forward("auth: jwt\njwt: {issuer: 'https://issuer.example', audience: [client-1]}");
  assert.doesNotMatch(jwt, /aws4fetch|<%/);
  assert.match(jwt, /headers\.set\("authorization", token\)/);
  assert.doesNotMatch(await forward("auth: none"), /aws4fetch|"authorization"|<%/);
  assert.match(await readFile(at(ROUTE), "utf8"), /maxDuration = 600;/);
});
