# Made by `provision generate <%= target | plain %>`: change gateway.yaml and run that again, not this file.

output "function_url" {
  description = "The function URL, for BEDROCK_GATEWAY_LAMBDA_URL of the web application"
  value       = aws_lambda_function_url.gateway.function_url
}

output "function_arn" {
  description = "The alias that callers with `auth: iam` need lambda:InvokeFunctionUrl and, with lambda:InvokedViaFunctionUrl, lambda:InvokeFunction on"
  value       = aws_lambda_alias.live.arn
}
