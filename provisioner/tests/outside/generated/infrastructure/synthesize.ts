// Synthesizes the generated constructs with the real AWS CDK: tsx synthesize.ts OUT BOOTSTRAP.ZIP DIRECTORY...
// Each directory becomes a stack of its name.

import { basename, join } from "node:path";
import { App, CfnOutput, Stack } from "aws-cdk-lib";

const [out, bootstrapZip, ...directories] = process.argv.slice(2);
const app = new App({ outdir: out });
for (const directory of directories) {
  const { BedrockGateway } = await import(
    join(directory, "bedrock-gateway.ts")
  );
  const stack = new Stack(app, basename(directory));
  const gateway = new BedrockGateway(stack, "Gateway", {
    package: bootstrapZip,
  });
  new CfnOutput(stack, "FunctionUrl", { value: gateway.url.url });
}
app.synth();
