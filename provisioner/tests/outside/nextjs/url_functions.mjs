// Puts the built `bootstrap` behind function URLs with the JavaScript SDK alone, without `provision up`.

import { readFile } from "node:fs/promises";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import {
  AddPermissionCommand,
  CreateAliasCommand,
  CreateFunctionCommand,
  CreateFunctionUrlConfigCommand,
  LambdaClient,
  PublishVersionCommand,
  waitUntilFunctionActiveV2,
} from "@aws-sdk/client-lambda";
import { AGENT, bootstrap } from "../support/local_aws.mjs";
import { zipOf } from "../support/zip.mjs";

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
const AGENTS = JSON.stringify({
  default: "magi",
  agents: { magi: { type: "bedrock-agent", ...AGENT, name: "SOLOMON" } },
});

/** Deploys a function of this name and gives its URL. `AuthType`, `Cors` are the URL's. */
export async function deploy({ config }, FunctionName, { environment = {}, AuthType = "AWS_IAM", Cors } = {}) {
  const iam = new IAMClient(config);
  const lambda = new LambdaClient(config);
  try {
    const { Role } = await iam.send(new CreateRoleCommand({
      RoleName: `${FunctionName}-role`, AssumeRolePolicyDocument: TRUST,
    }));
    await iam.send(new PutRolePolicyCommand({
      RoleName: Role.RoleName, PolicyName: "all", PolicyDocument: POLICY,
    }));
    await onceRoleIsKnown(async () => lambda.send(new CreateFunctionCommand({
      FunctionName, Role: Role.Arn, Runtime: "provided.al2023", Handler: "bootstrap", MemorySize: 2048, Timeout: 120,
      Code: { ZipFile: zipOf("bootstrap", await readFile(bootstrap)) },
      Environment: { Variables: {
        GATEWAY_AGENTS: AGENTS, GATEWAY_AUTH: AuthType === "NONE" ? "none" : "iam", ...environment,
      } },
    })));
    await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 60, minDelay: 1, maxDelay: 1 }, { FunctionName });
    const { Version } = await lambda.send(new PublishVersionCommand({ FunctionName }));
    await lambda.send(new CreateAliasCommand({ FunctionName, Name: "live", FunctionVersion: Version }));
    const onAlias = { FunctionName, Qualifier: "live" };
    if (AuthType === "NONE") {
      await lambda.send(new AddPermissionCommand({
        ...onAlias, StatementId: "url", Principal: "*", Action: "lambda:InvokeFunctionUrl", FunctionUrlAuthType: "NONE",
      }));
      await lambda.send(new AddPermissionCommand({
        ...onAlias, StatementId: "invoke", Principal: "*", Action: "lambda:InvokeFunction", InvokedViaFunctionUrl: true,
      }));
    }
    const url = await lambda.send(new CreateFunctionUrlConfigCommand({
      ...onAlias, AuthType, InvokeMode: "RESPONSE_STREAM", Cors,
    }));
    return url.FunctionUrl;
  } finally {
    iam.destroy();
    lambda.destroy();
  }
}

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
