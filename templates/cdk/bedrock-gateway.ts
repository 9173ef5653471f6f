// The streaming gateway <%= deployment | plain %> in front of an Amazon Bedrock agent, as `provision up` would make it.
// Made by `provision generate <%= target | plain %>`: change gateway.yaml and run that again, not this file.
//
<% if target == "cdk" %>
//   provision package --out DIR    # writes DIR/bootstrap.zip
//
//   const gateway = new BedrockGateway(stack, "Gateway", { package: "DIR/bootstrap.zip" });
//   new CfnOutput(stack, "FunctionUrl", { value: gateway.url.url });
<% else %>
// resource.ts in this directory makes this construct a function of the Amplify backend.
<% endif %>

import {
  Annotations,
  Aws,
  aws_iam as iam,
  aws_lambda as lambda,
  aws_logs as logs,
  Duration,
  RemovalPolicy,
<% if ephemeral_storage_mb is not none %>
  Size,
<% endif %>
  Stack,
  Tags,
  Token,
} from "aws-cdk-lib";
import { Construct } from "constructs";

/** The Region of the agent, in which the gateway has to be, too. */
const REGION = <%= region %>;

export interface BedrockGatewayProps {
  /** The path of bootstrap.zip. */
  readonly package: string;
}

export class BedrockGateway extends Construct {
  readonly function: lambda.Function;
  /** The alias that the URL calls. It moves when a version is complete: no caller reaches a function that is half updated. */
  readonly alias: lambda.Alias;
  /** The function URL: its `url` is BEDROCK_GATEWAY_LAMBDA_URL of the web application. */
  readonly url: lambda.FunctionUrl;

  constructor(scope: Construct, id: string, props: BedrockGatewayProps) {
    super(scope, id);
    const { region } = Stack.of(this);
    if (!Token.isUnresolved(region) && region !== REGION) {
      Annotations.of(this).addError(
        `the agent is in ${REGION}, and so must be the gateway, not in ${region}`,
      );
    }

    // Made here, because a log group that Lambda makes has no retention and keeps its logs for ever. The role may not make one.
    const logGroup = new logs.LogGroup(this, "LogGroup", {
      logGroupName: <%= log_group %>,
      retention: <%= retention_days %>,
      removalPolicy: RemovalPolicy.DESTROY,
    });

    const role = new iam.Role(this, "Role", {
      roleName: <%= role %>,
      assumedBy: new iam.ServicePrincipal(<%= trust.Statement[0].Principal.Service %>),
<% if boundary is not none %>
      permissionsBoundary: iam.ManagedPolicy.fromManagedPolicyArn(
        this,
        "Boundary",
        <%= boundary %>,
      ),
<% endif %>
      inlinePolicies: {
        <%= role_policy | key %>: iam.PolicyDocument.fromJson(<%= policy | block(8) %>),
      },
    });

    this.function = new lambda.Function(this, "Function", {
      functionName: <%= function %>,
      role,
      runtime: new lambda.Runtime(
        <%= runtime %>,
        lambda.RuntimeFamily.OTHER,
      ),
      handler: <%= handler %>,
      architecture: lambda.Architecture.<% if architecture == "arm64" %>ARM_64<% else %>X86_64<% endif %>,
      code: lambda.Code.fromAsset(props.package),
      memorySize: <%= memory_mb %>,
      timeout: Duration.seconds(<%= timeout_seconds %>),
<% if ephemeral_storage_mb is not none %>
      ephemeralStorageSize: Size.mebibytes(<%= ephemeral_storage_mb %>),
<% endif %>
      logGroup,
<% if reserved_concurrency is not none %>
      reservedConcurrentExecutions: <%= reserved_concurrency %>,
<% endif %>
      loggingFormat: lambda.LoggingFormat.<%= log_format | upper | plain %>,
      environment: <%= environment | block(6) %>,
      // Older versions are kept, so that the alias can go back to one.
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
    });

    this.alias = new lambda.Alias(this, "Alias", {
      aliasName: <%= alias %>,
      version: this.function.currentVersion,
    });

<% if auth == "iam" %>
    // Callers sign their requests: `gateway.url.grantInvokeUrl(role)` lets a role call. Not `grantInvoke`: whoever calls
    // the function past its URL writes down himself who calls, and gets into everybody's sessions.
<% elif auth == "jwt" %>
    // The URL is open to everybody; the function itself checks each caller's token. The CDK adds both permissions for it.
<% else %>
    // The URL is open to everybody who knows it, and you pay for their calls. The CDK adds both permissions for it.
<% endif %>
    this.url = this.alias.addFunctionUrl({
      authType: lambda.FunctionUrlAuthType.<%= auth_type | plain %>,
      invokeMode: lambda.InvokeMode.<%= invoke_mode | plain %>,
<% if cors %>
      cors: {
        allowCredentials: <%= cors.AllowCredentials %>,
<% for name, values in {"allowedHeaders": cors.AllowHeaders, "allowedOrigins": cors.AllowOrigins, "exposedHeaders": cors.ExposeHeaders} | items %>
<% if values is defined %>
        <%= values | member(name, 8) %>
<% endif %>
<% endfor %>
<% if cors.AllowMethods | length > 2 %>
        allowedMethods: [
<% for method in cors.AllowMethods %>
          lambda.HttpMethod.<% if method == "*" %>ALL<% else %><%= method | plain %><% endif %>,
<% endfor %>
        ],
<% else %>
        allowedMethods: [<% for method in cors.AllowMethods %>lambda.HttpMethod.<% if method == "*" %>ALL<% else %><%= method | plain %><% endif %><% if not loop.last %>, <% endif %><% endfor %>],
<% endif %>
        maxAge: Duration.seconds(<%= cors.MaxAge %>),
      },
<% endif %>
    });

<% for key, value in tags | items %>
    Tags.of(this).add(<%= key %>, <%= value %>);
<% endfor %>
  }
}
