# The streaming gateway <%= deployment | plain %> in front of an Amazon Bedrock agent, as `provision up` would make it.
# Made by `provision generate <%= target | plain %>`: change gateway.yaml and run that again, not this file.
#
# A module, or a root module in <%= region | plain %>, where the agent is:
#
#   provision package --out .    # writes bootstrap.zip, beside this file
#   AWS_REGION=<%= region | plain %> terraform apply

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {
  lifecycle {
    postcondition {
      condition     = self.region == <%= region %>
      error_message = "The agent is in <%= region | plain %>, and so must be the gateway."
    }
  }
}

locals {
  package = coalesce(var.package, "${path.module}/bootstrap.zip")

  tags = <%= tags | block(2) %>
}

# Made here, because a log group that Lambda makes has no retention and keeps its logs for ever. The role may not make one.
resource "aws_cloudwatch_log_group" "gateway" {
  name              = <%= log_group %>
  retention_in_days = <%= retention_days %>
  tags              = local.tags
}

resource "aws_iam_role" "gateway" {
  name = <%= role %>
  tags = local.tags

<% if boundary is not none %>
  permissions_boundary = <%= boundary %>

<% endif %>
  assume_role_policy = jsonencode(<%= trust | block(2) %>)
}

resource "aws_iam_role_policy" "gateway" {
  name = <%= role_policy %>
  role = aws_iam_role.gateway.id

  policy = jsonencode(<%= policy | block(2) %>)
}

resource "aws_lambda_function" "gateway" {
  function_name    = <%= function %>
  role             = aws_iam_role.gateway.arn
  runtime          = <%= runtime %>
  handler          = <%= handler %>
  architectures    = [<%= architecture %>]
  filename         = local.package
  source_code_hash = filebase64sha256(local.package)
  memory_size      = <%= memory_mb %>
  timeout          = <%= timeout_seconds %>
  publish          = true
  tags             = local.tags
<% if reserved_concurrency is not none %>

  reserved_concurrent_executions = <%= reserved_concurrency %>
<% endif %>

<% if ephemeral_storage_mb is not none %>
  ephemeral_storage {
    size = <%= ephemeral_storage_mb %>
  }

<% endif %>
  logging_config {
    log_group  = aws_cloudwatch_log_group.gateway.name
    log_format = <%= log_format %>
  }

  environment {
    variables = <%= environment | block(4) %>
  }

  depends_on = [aws_iam_role_policy.gateway]
}

# The URL belongs to the alias, which moves when the version is complete: no caller reaches a function that is half updated.
resource "aws_lambda_alias" "live" {
  name             = <%= alias %>
  function_name    = aws_lambda_function.gateway.function_name
  function_version = aws_lambda_function.gateway.version
}
<% if grants %>

# The URL is open to everybody: <% if auth == "jwt" %>the function itself checks each caller's token<% else %>you pay for their calls<% endif %>. Since October 2025 AWS asks for two
# permissions. The condition of the second one is needed: without it any AWS account could invoke the function past the URL.
#
# The Terraform provider adds two permissions of its own when it makes a URL without authorization, and does not
# remove them when the URL gets one: remove `FunctionURLAllowPublicAccess` and `FunctionURLAllowInvokeAction` by hand then.
<% endif %>
<% for grant in grants %>
<% if grant.name == "call-url" %>
resource "aws_lambda_permission" "call_url" {
  statement_id           = <%= grant.sid %>
  function_name          = aws_lambda_function.gateway.function_name
  qualifier              = aws_lambda_alias.live.name
  principal              = "*"
  action                 = <%= grant.action %>
  function_url_auth_type = <%= auth_type %>
}

<% else %>
resource "aws_lambda_permission" "invoke_via_url" {
  statement_id             = <%= grant.sid %>
  function_name            = aws_lambda_function.gateway.function_name
  qualifier                = aws_lambda_alias.live.name
  principal                = "*"
  action                   = <%= grant.action %>
  invoked_via_function_url = true
}
<% endif %>
<% endfor %>

resource "aws_lambda_function_url" "gateway" {
  function_name      = aws_lambda_function.gateway.function_name
  qualifier          = aws_lambda_alias.live.name
  authorization_type = <%= auth_type %>
  invoke_mode        = <%= invoke_mode %>
<% if cors %>

<% set lists = {"allow_headers": cors.AllowHeaders, "allow_methods": cors.AllowMethods, "allow_origins": cors.AllowOrigins, "expose_headers": cors.ExposeHeaders} %>
  cors {
    allow_credentials = <%= cors.AllowCredentials %>
    max_age           = <%= cors.MaxAge %>
<% for name, values in lists | items %>
<% if values is defined %>

    <%= name | key %> = <%= values | block(4) %>
<% endif %>
<% endfor %>
  }
<% endif %>
<% if grants %>

  depends_on = [aws_lambda_permission.call_url, aws_lambda_permission.invoke_via_url]
<% endif %>
}
