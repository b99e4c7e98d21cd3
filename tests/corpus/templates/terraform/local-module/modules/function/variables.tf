variable "name" {
  type = string
}

variable "handler" {
  type = string
}

variable "policy_json" {
  type    = string
  default = null
}
