provider "aws" {
  region = "eu-west-1"
}

module "lambda_function" {
  source  = "terraform-aws-modules/lambda/aws"
  version = "~> 7.0"

  function_name = "canary"
  handler       = "index.lambda_handler"
  runtime       = "python3.12"
  publish       = true
  source_path   = "fixtures/python"

  attach_policy = true
  policy        = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"

  attach_tracing_policy = true
  tracing_mode          = "Active"

  attach_dead_letter_policy = true
  dead_letter_target_arn    = aws_sqs_queue.dlq.arn
}

resource "aws_sqs_queue" "dlq" {
  name = "canary-dlq"
}

module "alias" {
  source  = "terraform-aws-modules/lambda/aws//modules/alias"
  version = "~> 7.0"

  name             = "current"
  function_name    = module.lambda_function.lambda_function_name
  function_version = module.lambda_function.lambda_function_version
}
