data "aws_iam_policy_document" "forward" {
  statement {
    sid       = "ReadMail"
    actions   = ["s3:GetObject"]
    resources = ["arn:aws:s3:::incoming-mail/*"]
  }

  statement {
    sid       = "SendMail"
    actions   = ["ses:SendRawEmail"]
    resources = ["arn:aws:ses:eu-west-1:123456789012:identity/example.com"]
  }

  statement {
    sid       = "Logs"
    actions   = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["arn:aws:logs:*:*:*"]
  }
}

resource "aws_iam_role" "forward" {
  name = "mail-forwarder"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "forward" {
  role   = aws_iam_role.forward.id
  policy = data.aws_iam_policy_document.forward.json
}

resource "aws_lambda_function" "forward" {
  function_name = "mail-forwarder"
  filename      = "forward.zip"
  handler       = "forward.handler"
  runtime       = "python3.12"
  role          = aws_iam_role.forward.arn
}
