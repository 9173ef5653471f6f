# Made by `provision generate <%= target | plain %>`: change gateway.yaml and run that again, not this file.

terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source = "hashicorp/aws"
      # The first version of the provider that has `invoked_via_function_url`.
      version = ">= 6.29, < 7.0"
    }
  }
}
