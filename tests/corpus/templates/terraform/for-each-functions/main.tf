locals {
  functions = {
    create = { handler = "create.handler", actions = ["dynamodb:PutItem"] }
    read   = { handler = "read.handler", actions = ["dynamodb:GetItem", "dynamodb:Query"] }
    remove = { handler = "remove.handler", actions = ["dynamodb:DeleteItem"] }
  }
}

resource "aws_dynamodb_table" "items" {
  name         = "items"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }
}

resource "aws_iam_role" "function" {
  for_each = local.functions

  name = "items-${each.key}"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy" "function" {
  for_each = local.functions

  name = "items"
  role = aws_iam_role.function[each.key].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = each.value.actions
      Resource = aws_dynamodb_table.items.arn
    }]
  })
}

resource "aws_iam_role_policy_attachment" "logs" {
  for_each = aws_iam_role.function

  role       = each.value.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

resource "aws_lambda_function" "function" {
  for_each = local.functions

  function_name = "items-${each.key}"
  handler       = each.value.handler
  runtime       = "nodejs20.x"
  filename      = "items.zip"
  role          = aws_iam_role.function[each.key].arn
}
