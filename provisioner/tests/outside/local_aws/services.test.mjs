// The JavaScript SDK examines the local AWS: what AWS's own client accepts as AWS.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  DeleteLogGroupCommand,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
  PutRetentionPolicyCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import {
  AddPermissionCommand,
  CreateAliasCommand,
  CreateFunctionCommand,
  CreateFunctionUrlConfigCommand,
  DeleteFunctionCommand,
  GetFunctionCommand,
  GetFunctionUrlConfigCommand,
  GetPolicyCommand,
  InvokeWithResponseStreamCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  PublishVersionCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionActiveV2,
  waitUntilFunctionUpdatedV2,
} from "@aws-sdk/client-lambda";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { AGENT, bootstrap, refuses, startDev } from "../support/local_aws.mjs";
import { zipOf } from "../support/zip.mjs";

const FunctionName = "from-javascript";
const QUALIFIED = { FunctionName, Qualifier: "live" };
const TRUST = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
});
// What the function needs: its agent, and its log.
const POLICY = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{
    Effect: "Allow", Resource: "*", Action: ["bedrock:InvokeAgent", "logs:CreateLogStream", "logs:PutLogEvents"],
  }],
});

let dev;
const clients = {};

before(async () => {
  // Long enough to be seen on a busy machine, too, that an update is in progress.
  dev = await startDev("--no-deploy", "--speed", "0", "--transition-ms", "3000");
  clients.iam = new IAMClient(dev.config);
  clients.sts = new STSClient(dev.config);
  clients.logs = new CloudWatchLogsClient(dev.config);
  clients.lambda = new LambdaClient(dev.config);
});

after(async () => {
  for (const client of Object.values(clients)) client.destroy();
  await dev?.stop();
});

/** Repeats `call` while a fresh role cannot be assumed yet, as on AWS. */
async function onceRoleIsKnown(call) {
  const deadline = Date.now() + 120_000;
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!/cannot be assumed/.test(error.message) || Date.now() > deadline) throw error;
    }
  }
}

test("STS says who calls", async () => {
  const caller = await clients.sts.send(new GetCallerIdentityCommand({}));

  assert.match(caller.Account, /^\d{12}$/);
  assert.match(caller.Arn, new RegExp(`^arn:aws:(iam|sts)::${caller.Account}:`));
});

test("the profile that is handed over is all that a client needs", async () => {
  const before = { ...process.env };
  Object.assign(process.env, { AWS_CONFIG_FILE: dev.configFile, AWS_PROFILE: dev.profile });
  const client = new STSClient();
  try {
    assert.match((await client.send(new GetCallerIdentityCommand({}))).Arn, /:user\/developer$/);
  } finally {
    client.destroy();
    process.env = before;
  }
});

test("a wrong secret is refused by every service", async () => {
  const config = { ...dev.config, credentials: { ...dev.config.credentials, secretAccessKey: "wrong" } };

  await refuses(new STSClient(config).send(new GetCallerIdentityCommand({})), "SignatureDoesNotMatch");
  await refuses(
    new LambdaClient(config).send(new GetFunctionCommand({ FunctionName })), "InvalidSignatureException");
});

test("an operation that is not emulated says so and is no success", async () => {
  await assert.rejects(clients.lambda.send(new ListEventSourceMappingsCommand({})), /NotEmulated/);
});

test("IAM keeps roles and their inline policies", async () => {
  const RoleName = "javascript-role";
  const created = await clients.iam.send(new CreateRoleCommand({
    RoleName, AssumeRolePolicyDocument: TRUST, Tags: [{ Key: "team", Value: "nerv" }],
  }));
  assert.match(created.Role.Arn, /:role\/javascript-role$/);
  await refuses(clients.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TRUST })),
    "EntityAlreadyExistsException");
  const policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "bedrock:InvokeAgent", Resource: "*" }],
  });
  await clients.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "p", PolicyDocument: policy }));

  const { Role } = await clients.iam.send(new GetRoleCommand({ RoleName }));
  assert.deepEqual(JSON.parse(decodeURIComponent(Role.AssumeRolePolicyDocument)), JSON.parse(TRUST));
  assert.deepEqual(Role.Tags, [{ Key: "team", Value: "nerv" }]);
  const found = await clients.iam.send(new GetRolePolicyCommand({ RoleName, PolicyName: "p" }));
  assert.equal(decodeURIComponent(found.PolicyDocument), policy);

  await refuses(clients.iam.send(new DeleteRoleCommand({ RoleName })), "DeleteConflictException");
  await clients.iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: "p" }));
  await clients.iam.send(new DeleteRoleCommand({ RoleName }));
  await refuses(clients.iam.send(new GetRoleCommand({ RoleName })), "NoSuchEntityException");
});

test("CloudWatch Logs keeps groups and their retention", async () => {
  const logGroupName = "/javascript";
  await clients.logs.send(new CreateLogGroupCommand({ logGroupName }));
  await refuses(clients.logs.send(new CreateLogGroupCommand({ logGroupName })), "ResourceAlreadyExistsException");
  await clients.logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 14 }));
  await refuses(clients.logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 8 })),
    "InvalidParameterException");

  const found = await clients.logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: logGroupName }));
  assert.deepEqual(found.logGroups.map((group) => [group.logGroupName, group.retentionInDays]), [[logGroupName, 14]]);

  await clients.logs.send(new DeleteLogGroupCommand({ logGroupName }));
  await refuses(clients.logs.send(new FilterLogEventsCommand({ logGroupName })), "ResourceNotFoundException");
});

describe("Lambda", { concurrency: 1 }, () => {
  let url;

  test("a function becomes active, gets a version, an alias and a URL", async () => {
    const lambda = clients.lambda;
    await refuses(lambda.send(new GetFunctionCommand({ FunctionName })), "ResourceNotFoundException");
    const { Role } = await clients.iam.send(new CreateRoleCommand({
      RoleName: `${FunctionName}-role`, AssumeRolePolicyDocument: TRUST,
    }));
    await clients.iam.send(new PutRolePolicyCommand({
      RoleName: Role.RoleName, PolicyName: "all", PolicyDocument: POLICY,
    }));
    await clients.logs.send(new CreateLogGroupCommand({ logGroupName: `/aws/lambda/${FunctionName}` }));
    const input = {
      FunctionName, Role: Role.Arn, Runtime: "provided.al2023", Handler: "bootstrap", MemorySize: 2048, Timeout: 60,
      Code: { ZipFile: zipOf("bootstrap", await readFile(bootstrap)) },
      Environment: { Variables: {
        GATEWAY_AGENTS: JSON.stringify({
          default: "magi", agents: { magi: { type: "bedrock-agent", ...AGENT, name: "SOLOMON" } },
        }),
        GATEWAY_AUTH: "none",
      } },
    };
    const created = await onceRoleIsKnown(() => lambda.send(new CreateFunctionCommand(input)));
    assert.equal(created.State, "Pending");
    await refuses(lambda.send(new CreateFunctionCommand(input)), "ResourceConflictException");
    await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 60, minDelay: 1 }, { FunctionName });

    const { Version } = await lambda.send(new PublishVersionCommand({ FunctionName }));
    assert.equal(Version, "1");
    await lambda.send(new CreateAliasCommand({ FunctionName, Name: "live", FunctionVersion: Version }));
    await refuses(
      lambda.send(new CreateAliasCommand({ FunctionName, Name: "live", FunctionVersion: Version })),
      "ResourceConflictException");
    await refuses(lambda.send(new GetFunctionUrlConfigCommand(QUALIFIED)), "ResourceNotFoundException");
    const config = { ...QUALIFIED, AuthType: "NONE", InvokeMode: "RESPONSE_STREAM" };
    await lambda.send(new CreateFunctionUrlConfigCommand(config));
    await refuses(lambda.send(new CreateFunctionUrlConfigCommand(config)), "ResourceConflictException");
    const found = await lambda.send(new GetFunctionUrlConfigCommand(QUALIFIED));
    assert.equal(found.InvokeMode, "RESPONSE_STREAM");
    assert.ok(found.FunctionArn.endsWith(":live"));
    url = found.FunctionUrl;
  });

  test("a public URL is closed until both statements are there", async () => {
    const add = (statement) =>
      clients.lambda.send(new AddPermissionCommand({ ...QUALIFIED, Principal: "*", ...statement }));
    const first = { StatementId: "url", Action: "lambda:InvokeFunctionUrl", FunctionUrlAuthType: "NONE" };

    assert.equal((await fetch(`${url}healthz`)).status, 403);
    await add(first);
    assert.equal((await fetch(`${url}healthz`)).status, 403);
    await refuses(add(first), "ResourceConflictException");
    await add({ StatementId: "invoke", Action: "lambda:InvokeFunction", InvokedViaFunctionUrl: true });
    assert.equal((await fetch(`${url}healthz`)).status, 200);

    const { Policy } = await clients.lambda.send(new GetPolicyCommand(QUALIFIED));
    assert.deepEqual(JSON.parse(Policy).Statement.map((statement) => statement.Condition), [
      { StringEquals: { "lambda:FunctionUrlAuthType": "NONE" } },
      { Bool: { "lambda:InvokedViaFunctionUrl": "true" } },
    ]);
  });

  test("an answer streams through fetch", async () => {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ question: "東京に新しい公園を作るべきか" }),
    });
    const text = await response.text();

    assert.equal(response.headers.get("content-type"), "text/event-stream; charset=utf-8");
    assert.ok(text.startsWith(": open\n\nid: 1\ndata: {"));
    assert.match(text, /"type":"complete"[^\n]*\n\n$/);
  });

  test("InvokeWithResponseStream hands over the prelude and the body", async () => {
    const event = {
      version: "2.0", rawPath: "/healthz", headers: {}, isBase64Encoded: false,
      requestContext: { http: { method: "GET", path: "/healthz" } },
    };
    const { EventStream, StatusCode } = await clients.lambda.send(
      new InvokeWithResponseStreamCommand({ ...QUALIFIED, Payload: JSON.stringify(event) }));
    const parts = [];
    let completed = false;
    for await (const part of EventStream) {
      if (part.PayloadChunk) parts.push(Buffer.from(part.PayloadChunk.Payload));
      if (part.InvokeComplete) completed = !part.InvokeComplete.ErrorCode;
    }
    const [prelude, body] = Buffer.concat(parts).toString().split("\0".repeat(8));

    assert.equal(StatusCode, 200);
    assert.ok(completed);
    assert.equal(JSON.parse(prelude).statusCode, 200);
    assert.deepEqual(JSON.parse(body), { status: "ok" });
  });

  test("what the function logs is found in its group", async () => {
    const deadline = Date.now() + 120_000;
    for (;;) {
      const { events } = await clients.logs.send(
        new FilterLogEventsCommand({ logGroupName: `/aws/lambda/${FunctionName}` }));
      if (events.some((event) => event.message.includes('"outcome":"complete"'))) return;
      assert.ok(Date.now() < deadline, JSON.stringify(events));
    }
  });

  test("an update is refused while another is in progress, and can be waited for", async () => {
    const update = (MemorySize) =>
      clients.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, MemorySize }));
    const { LastUpdateStatus, RevisionId } = await update(1024);
    assert.equal(LastUpdateStatus, "InProgress");
    await refuses(update(512), "ResourceConflictException");
    await waitUntilFunctionUpdatedV2({ client: clients.lambda, maxWaitTime: 60, minDelay: 1 }, { FunctionName });

    const { Configuration } = await clients.lambda.send(new GetFunctionCommand({ FunctionName }));
    assert.equal(Configuration.MemorySize, 1024);
    // The revision changes with the transition, too.
    await refuses(
      clients.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, MemorySize: 512, RevisionId })),
      "PreconditionFailedException");
  });

  test("a deleted function is gone, and so is its URL", async () => {
    await clients.lambda.send(new DeleteFunctionCommand({ FunctionName }));

    await refuses(clients.lambda.send(new GetFunctionCommand({ FunctionName })), "ResourceNotFoundException");
    const answer = await fetch(url).then((response) => response.status, () => "refused");
    assert.ok(answer === 403 || answer === "refused", String(answer));
  });
});
