// The streaming gateway <%= deployment | plain %> as a function of this Amplify Gen 2 backend.
// Made by `provision generate <%= target | plain %>`: change gateway.yaml and run that again, not this file.
//
//   provision package --out amplify/functions/bedrock-agent-gateway    # writes bootstrap.zip, to be committed
//
// In amplify/backend.ts:
//
//   import { bedrockAgentGateway, bedrockAgentGatewayUrl } from "./functions/bedrock-agent-gateway/resource";
//
//   const backend = defineBackend({ bedrockAgentGateway });
//   backend.addOutput({
//     custom: { bedrockAgentGatewayUrl: bedrockAgentGatewayUrl(backend) },
//   });
//
// The browser finds the URL in amplify_outputs.json, under `custom`. The names of function, role and log group are
// fixed, as with `provision up`: a sandbox and a branch in one account need two names (`provision generate --name …` or
// `--env …`), or the second deployment fails because the resources exist already.
//
// 日本語：ストリーミングゲートウェイを、この Amplify Gen 2 バックエンドの関数として定義するファイルです。
// このファイルは編集せず、gateway.yaml を変更してから、先頭のコマンドで生成し直してください。
//   1. `provision package` で bootstrap.zip を作成し、リポジトリにコミットします。
//   2. 上のコードを amplify/backend.ts に追加します。
//   3. ブラウザーは、amplify_outputs.json の `custom` から関数 URL を取得します。
// 関数、ロール、ロググループの名前は固定です。
// 同じアカウントにサンドボックスとブランチを置く場合は、`--name` または `--env` で名前を分けて生成してください。
// 名前が重複すると、2 つ目のデプロイは「すでに存在する」というエラーで失敗します。

import { fileURLToPath } from "node:url";
import { defineFunction } from "@aws-amplify/backend";
import type { aws_lambda as lambda } from "aws-cdk-lib";
import { BedrockGateway } from "./bedrock-gateway";

export const bedrockAgentGateway = defineFunction(
  (scope) =>
    new BedrockGateway(scope, "BedrockAgentGateway", {
      package: fileURLToPath(new URL("./bootstrap.zip", import.meta.url)),
    }).function,
);

/** Where the web application finds the gateway. */
export function bedrockAgentGatewayUrl(backend: {
  bedrockAgentGateway: { resources: { lambda: lambda.IFunction } };
}): string {
  const gateway = backend.bedrockAgentGateway.resources.lambda.node.scope;
  if (!(gateway instanceof BedrockGateway))
    throw new Error("bedrockAgentGateway is another function");
  return gateway.url.url;
}
