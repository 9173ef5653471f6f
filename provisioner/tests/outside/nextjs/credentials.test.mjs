// Where the generated route finds AWS credentials: each platform's way, played by a server of the test's own.

import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { magiModules } from "./modules.mjs";

const OURS = /^(AWS_|VERCEL)/;
const untouched = Object.fromEntries(Object.entries(process.env).filter(([name]) => OURS.test(name)));
const ROLE = "arn:aws:iam::123456789012:role/web";
let server;
let origin;
let asked;
let answer;
let modules;
let credentials;

before(async () => {
  server = createServer(async (request, response) => {
    let body = "";
    for await (const piece of request) body += piece;
    asked.push({ url: request.url, authorization: request.headers.authorization, form: Object.fromEntries(new URLSearchParams(body)) });
    const { status, text } = answer(asked.length);
    response.writeHead(status).end(text);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  origin = `http://127.0.0.1:${server.address().port}`;
});

after(() => {
  server.closeAllConnections();
  server.close();
});

beforeEach(async () => {
  for (const name of Object.keys(process.env)) if (OURS.test(name)) delete process.env[name];
  asked = [];
  // Anew, because it keeps what it was given.
  modules = await magiModules();
  ({ credentials } = modules.load("./credentials.js"));
});

afterEach(async () => {
  await modules.remove();
  for (const name of Object.keys(process.env)) if (OURS.test(name)) delete process.env[name];
  Object.assign(process.env, untouched);
});

const inMinutes = (minutes) => new Date(Date.now() + minutes * 60_000).toISOString();
const sts = (number, minutes = 60) => ({ status: 200, text: `<AssumeRoleWithWebIdentityResponse><Credentials>
  <AccessKeyId>ASIA${number}</AccessKeyId><SecretAccessKey>s+/=</SecretAccessKey><SessionToken>t+/=</SessionToken>
  <Expiration>${inMinutes(minutes)}</Expiration></Credentials></AssumeRoleWithWebIdentityResponse>` });
const container = (number) => ({ status: 200, text: JSON.stringify({
  AccessKeyId: `ASIA${number}`, SecretAccessKey: "s", Token: "t", Expiration: inMinutes(60),
}) });
const get = (headers = {}) => credentials("ap-northeast-1", new Headers(headers));

test("the environment comes first and is read each time", async () => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: "AKIA1", AWS_SECRET_ACCESS_KEY: "s", AWS_ROLE_ARN: ROLE, VERCEL_OIDC_TOKEN: "o" });
  assert.deepEqual(await get(), { accessKeyId: "AKIA1", secretAccessKey: "s", sessionToken: undefined });
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: "ASIA2", AWS_SESSION_TOKEN: "t" });
  assert.deepEqual(await get(), { accessKeyId: "ASIA2", secretAccessKey: "s", sessionToken: "t" });
  assert.deepEqual(asked, []);
});

test("on Vercel the request's own token is turned into a role's credentials, once for all who wait", async () => {
  Object.assign(process.env, { VERCEL: "1", AWS_ROLE_ARN: ROLE, AWS_ENDPOINT_URL_STS: `${origin}/` });
  answer = sts;
  const all = await Promise.all([1, 2, 3].map(() => get({ "x-vercel-oidc-token": "from-vercel" })));
  for (const { accessKeyId, secretAccessKey, sessionToken } of all) {
    assert.deepEqual([accessKeyId, secretAccessKey, sessionToken], ["ASIA1", "s+/=", "t+/="]);
  }
  assert.deepEqual(asked.map(({ form }) => form), [{
    Action: "AssumeRoleWithWebIdentity", Version: "2011-06-15", RoleArn: ROLE, RoleSessionName: "nextjs", WebIdentityToken: "from-vercel",
  }]);
});

test("elsewhere nobody's header is taken for Vercel's", async () => {
  Object.assign(process.env, { AWS_ROLE_ARN: ROLE, AWS_ENDPOINT_URL_STS: `${origin}/` });
  await assert.rejects(get({ "x-vercel-oidc-token": "forged" }), /no AWS credentials/);
  assert.deepEqual(asked, []);
});

test("credentials are asked for again shortly before they end, and after a failure", async () => {
  Object.assign(process.env, { VERCEL_OIDC_TOKEN: "o", AWS_ROLE_ARN: ROLE, AWS_ENDPOINT_URL_STS: `${origin}/` });
  answer = (number) => (number === 1 ? { status: 403, text: "<Code>AccessDenied</Code>" } : sts(number, number === 2 ? 4 : 60));
  await assert.rejects(get(), /STS refused the OIDC token for arn:aws:iam::123456789012:role\/web: AccessDenied/);
  assert.equal((await get()).accessKeyId, "ASIA2");
  assert.equal((await get()).accessKeyId, "ASIA3");
  assert.equal((await get()).accessKeyId, "ASIA3");
});

test("Kubernetes and containers keep their tokens in files", async () => {
  const directory = await mkdtemp(join(tmpdir(), "tokens-"));
  const file = join(directory, "token");
  await writeFile(file, "from-file\n");
  try {
    Object.assign(process.env, { AWS_ROLE_ARN: ROLE, AWS_WEB_IDENTITY_TOKEN_FILE: file, AWS_ENDPOINT_URL_STS: `${origin}/` });
    answer = sts;
    await get();
    assert.equal(asked[0].form.WebIdentityToken, "from-file");

    delete process.env.AWS_ROLE_ARN;
    await modules.remove();
    modules = await magiModules();
    ({ credentials } = modules.load("./credentials.js"));
    Object.assign(process.env, { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${origin}/v1`, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file });
    answer = container;
    assert.equal((await get()).accessKeyId, "ASIA2");
    assert.deepEqual([asked[1].url, asked[1].authorization], ["/v1", "from-file"]);
  } finally {
    await rm(directory, { recursive: true });
  }
});

test("a container's token goes only where the SDKs would send it", async () => {
  const fetched = globalThis.fetch;
  const went = [];
  globalThis.fetch = async (url, { headers }) => {
    went.push([String(url), headers.authorization]);
    return new Response(container(went.length).text);
  };
  const token = { AWS_CONTAINER_AUTHORIZATION_TOKEN: "t" };
  const full = (address) => ({ ...token, AWS_CONTAINER_CREDENTIALS_FULL_URI: address });
  const relative = (path) => ({ ...token, AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: path });
  const with_ = async (variables) => {
    for (const name of Object.keys(process.env)) if (OURS.test(name)) delete process.env[name];
    Object.assign(process.env, variables);
    // Anew, because it keeps what it was given.
    delete modules.load.cache[modules.load.resolve("./credentials.js")];
    return modules.load("./credentials.js").credentials("ap-northeast-1", new Headers());
  };
  try {
    for (const [variables, address] of [
      [full("http://169.254.170.2/v2/a"), "http://169.254.170.2/v2/a"], [full("http://169.254.170.23/v1/c"), "http://169.254.170.23/v1/c"],
      [full("http://[fd00:ec2::23]/v1/c"), "http://[fd00:ec2::23]/v1/c"], [full("http://127.0.0.1:51679/x"), "http://127.0.0.1:51679/x"],
      [full("http://127.9.9.9/x"), "http://127.9.9.9/x"], [full("http://localhost:8080/x"), "http://localhost:8080/x"],
      [full("http://[::1]:8080/x"), "http://[::1]:8080/x"], [full("https://elsewhere.example/x"), "https://elsewhere.example/x"],
      [relative("/v2/credentials/1"), "http://169.254.170.2/v2/credentials/1"],
    ]) {
      went.length = 0;
      await with_(variables);
      assert.deepEqual(went, [[address, "t"]]);
    }
    went.length = 0;
    for (const variables of [
      full("http://elsewhere.example/x"), full("http://169.254.169.254/x"), full("http://127.0.0.1.elsewhere.example/"),
      full("http://localhost.elsewhere.example/"), full("http://10.0.0.1/"), full("http://[fd00:ec2::24]/"), full("ftp://127.0.0.1/"),
      full("nonsense"), full("http://127.0.0.1@elsewhere.example/"), relative("@elsewhere.example/"), relative(".elsewhere.example/"),
      relative(":80@elsewhere.example/"),
    ]) {
      await assert.rejects(with_(variables), /is refused/, JSON.stringify(variables));
    }
    await assert.rejects(with_({ ...full("http://127.0.0.1/"), AWS_CONTAINER_AUTHORIZATION_TOKEN: "hush\r\nhost: x" }),
      (error) => /not one line/.test(error.message) && !/hush/.test(error.message));
    assert.deepEqual(went, []);
  } finally {
    globalThis.fetch = fetched;
  }
});

test("an endpoint that sends elsewhere is not followed", async () => {
  const elsewhere = createServer((request, response) => { asked.push({ url: "elsewhere" }); response.end(container(1).text); });
  await once(elsewhere.listen(0, "127.0.0.1"), "listening");
  const redirecting = createServer((_, response) => response.writeHead(307, { location: `http://127.0.0.1:${elsewhere.address().port}/` }).end());
  await once(redirecting.listen(0, "127.0.0.1"), "listening");
  const address = `http://127.0.0.1:${redirecting.address().port}/`;
  try {
    Object.assign(process.env, { AWS_CONTAINER_CREDENTIALS_FULL_URI: address, AWS_CONTAINER_AUTHORIZATION_TOKEN: "t" });
    await assert.rejects(get());
    Object.assign(process.env, { VERCEL_OIDC_TOKEN: "o", AWS_ROLE_ARN: ROLE, AWS_ENDPOINT_URL_STS: address });
    await assert.rejects(get());
    assert.deepEqual(asked, []);
  } finally {
    for (const server of [elsewhere, redirecting]) {
      server.closeAllConnections();
      server.close();
    }
  }
});

test("an endpoint that gives no credentials is said to", async () => {
  Object.assign(process.env, { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${origin}/v1`, AWS_CONTAINER_AUTHORIZATION_TOKEN: "t" });
  answer = () => ({ status: 200, text: "{}" });
  await assert.rejects(get(), /gave no credentials/);
  answer = () => ({ status: 500, text: "" });
  await assert.rejects(get(), /HTTP 500/);
  assert.equal(asked[0].authorization, "t");
});
