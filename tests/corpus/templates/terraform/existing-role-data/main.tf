data "aws_iam_role" "shared" {
  name = "shared-lambda-role"
}

resource "aws_lambda_function" "report" {
  function_name = "report"
  filename      = "report.zip"
  handler       = "report.handler"
  runtime       = "python3.12"
  role          = data.aws_iam_role.shared.arn
}
