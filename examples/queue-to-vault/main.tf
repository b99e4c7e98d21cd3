# How the function is deployed. Its role is the one that iamglue writes: iamglue generate spec.yaml --format terraform
variable "role_arn" {
  type        = string
  description = "The role of the function"
}

variable "subnets" {
  type        = list(string)
  description = "The private subnets of the function"
}

resource "aws_sqs_queue" "orders" {
  name = "orders"
}

resource "aws_sqs_queue" "dead_letters" {
  name = "orders-dead-letters"
}

resource "aws_s3_bucket" "vault" {
  bucket = "order-vault"
}

resource "aws_lambda_function" "vault" {
  function_name = "queue-to-vault"
  filename      = "function.zip"
  handler       = "handler.handler"
  runtime       = "python3.12"
  role          = var.role_arn
  environment {
    variables = {
      VAULT     = aws_s3_bucket.vault.id
      VAULT_KEY = "1f6c3a52-7d1b-4c0e-9a53-0e6b1c9d2f47"
    }
  }
  vpc_config {
    subnet_ids         = var.subnets
    security_group_ids = []
  }
  dead_letter_config {
    target_arn = aws_sqs_queue.dead_letters.arn
  }
}

resource "aws_lambda_event_source_mapping" "orders" {
  event_source_arn        = aws_sqs_queue.orders.arn
  function_name           = aws_lambda_function.vault.arn
  function_response_types = ["ReportBatchItemFailures"]
}
