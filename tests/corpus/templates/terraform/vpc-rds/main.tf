resource "aws_lambda_function" "api" {
  function_name = "api"
  filename      = "api.zip"
  handler       = "main"
  runtime       = "provided.al2023"
  role          = aws_iam_role.api.arn

  vpc_config {
    subnet_ids         = var.private_subnet_ids
    security_group_ids = [aws_security_group.api.id]
  }

  environment {
    variables = {
      DB_SECRET = aws_secretsmanager_secret.db.arn
    }
  }
}

resource "aws_security_group" "api" {
  name   = "api-lambda"
  vpc_id = var.vpc_id
}

resource "aws_secretsmanager_secret" "db" {
  name = "api/db"
}

variable "private_subnet_ids" {
  type = list(string)
}

variable "vpc_id" {
  type = string
}
