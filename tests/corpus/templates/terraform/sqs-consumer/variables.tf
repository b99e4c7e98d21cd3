variable "repository_url" { type = string }

variable "image_tag" {
  type    = string
  default = "latest"
}

variable "results_bucket" {
  type = string
}
