resource "aws_sns_topic" "alarms" {
  name = "alarms"
}

resource "aws_sns_topic_subscription" "slack" {
  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "lambda"
  endpoint  = aws_lambda_function.slack.arn
}

resource "aws_lambda_permission" "sns" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.slack.function_name
  principal     = "sns.amazonaws.com"
  source_arn    = aws_sns_topic.alarms.arn
}

resource "aws_lambda_function" "slack" {
  function_name = "slack"
  filename      = "slack.zip"
  handler       = "slack.handler"
  runtime       = "python3.12"
  role          = aws_iam_role.slack.arn
  environment {
    variables = {
      WEBHOOK_PARAMETER = "/slack/webhook"
    }
  }
}

resource "aws_iam_role" "slack" {
  name               = "slack"
  assume_role_policy = data.aws_iam_policy_document.slack_assume.json
}

data "aws_iam_policy_document" "slack_assume" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "slack" {
  statement {
    actions   = ["ssm:GetParameter"]
    resources = ["arn:aws:ssm:us-east-1:${data.aws_caller_identity.me.account_id}:parameter/slack/webhook"]
  }
  statement {
    actions   = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["*"]
  }
}

data "aws_caller_identity" "me" {}

resource "aws_iam_policy" "slack" {
  policy = data.aws_iam_policy_document.slack.json
}

resource "aws_iam_policy_attachment" "slack" {
  name       = "slack"
  roles      = [aws_iam_role.slack.name]
  policy_arn = aws_iam_policy.slack.arn
}
