# Made by `provision generate <%= target | plain %>`: change gateway.yaml and run that again, not this file.

output "function_url" {
  description = "Where the web application finds the gateway (BEDROCK_GATEWAY_LAMBDA_URL)"
  value       = aws_lambda_function_url.gateway.function_url
}

output "function_arn" {
  description = "The alias that callers with `auth: iam` need lambda:InvokeFunctionUrl and lambda:InvokeFunction on"
  value       = aws_lambda_alias.live.arn
}
