locals {
  account = "123456789012"
  region  = "eu-west-1"
  lake    = "acme-data-lake"
}

resource "aws_lambda_function" "report" {
  function_name = "report"
  filename      = "report.zip"
  handler       = "report.handler"
  runtime       = "python3.12"
  timeout       = 300
  role          = aws_iam_role.report.arn
}
