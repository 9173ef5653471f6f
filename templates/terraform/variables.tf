# Made by `provision generate <%= target | plain %>`: change gateway.yaml and run that again, not this file.

variable "package" {
  description = "The path of bootstrap.zip, which `provision package` writes; beside this file if not given"
  type        = string
  default     = null
}
