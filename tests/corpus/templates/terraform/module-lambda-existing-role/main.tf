module "report" {
  source  = "terraform-aws-modules/lambda/aws"
  version = "7.2.1"

  function_name = "report"
  handler       = "report.handler"
  runtime       = "python3.12"
  create_role   = false
  lambda_role   = aws_iam_role.report.arn
  source_path   = "src"
}

resource "aws_iam_role" "report" {
  name               = "report"
  assume_role_policy = data.aws_iam_policy_document.assume.json

  inline_policy {
    name = "athena"
    policy = jsonencode({
      Version = "2012-10-17"
      Statement = [
        {
          Effect   = "Allow"
          Action   = ["athena:StartQueryExecution", "athena:GetQueryExecution", "athena:GetQueryResults"]
          Resource = "*"
        },
      ]
    })
  }
}

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}
