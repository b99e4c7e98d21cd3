resource "aws_iam_role" "api" {
  name                = "api-lambda"
  assume_role_policy  = data.aws_iam_policy_document.lambda_assume.json
  managed_policy_arns = ["arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"]
}

data "aws_iam_policy_document" "lambda_assume" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "secret" {
  statement {
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [aws_secretsmanager_secret.db.arn]
  }
}

resource "aws_iam_policy" "secret" {
  name   = "api-secret"
  policy = data.aws_iam_policy_document.secret.json
}

resource "aws_iam_role_policy_attachment" "secret" {
  role       = aws_iam_role.api.name
  policy_arn = aws_iam_policy.secret.arn
}
