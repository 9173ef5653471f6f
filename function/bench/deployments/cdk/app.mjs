// The deployment as the CDK's documentation writes it: a function and `addFunctionUrl`.
import { App, Duration, Stack } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Code, Function, FunctionUrlAuthType, InvokeMode, Runtime } from "aws-cdk-lib/aws-lambda";

const stack = new Stack(new App(), "bench", {
  env: { account: "123456789012", region: process.env.AWS_REGION },
});
const gateway = new Function(stack, "Gateway", {
  functionName: "bench",
  runtime: Runtime.PROVIDED_AL2023,
  handler: "bootstrap",
  code: Code.fromAsset(process.env.BENCH_CODE),
  memorySize: 2048,
  timeout: Duration.seconds(600),
  initialPolicy: [new PolicyStatement({ actions: ["bedrock:InvokeAgent"], resources: ["*"] })],
});
// No CfnOutput of its address: moto refuses an output of a resource that it does not know.
gateway.addFunctionUrl({ authType: FunctionUrlAuthType.NONE, invokeMode: InvokeMode.RESPONSE_STREAM });
