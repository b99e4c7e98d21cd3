data "aws_iam_policy_document" "logs" {
  statement {
    sid       = "Logs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/*:*"]
  }
}

data "aws_iam_policy_document" "kms" {
  statement {
    sid       = "Decrypt"
    actions   = ["kms:Decrypt"]
    resources = ["arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"]
  }
}

data "aws_iam_policy_document" "combined" {
  source_policy_documents = [
    data.aws_iam_policy_document.logs.json,
    data.aws_iam_policy_document.kms.json,
  ]
}

resource "aws_iam_role" "decryptor" {
  name = "decryptor"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "decryptor" {
  role   = aws_iam_role.decryptor.id
  policy = data.aws_iam_policy_document.combined.json
}

resource "aws_lambda_function" "decryptor" {
  function_name = "decryptor"
  filename      = "decryptor.zip"
  handler       = "decryptor.handler"
  runtime       = "python3.12"
  role          = aws_iam_role.decryptor.arn
}
