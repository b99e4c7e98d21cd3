locals {
  managed = [
    "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
    "arn:aws:iam::aws:policy/AmazonSQSFullAccess",
    "arn:aws:iam::aws:policy/AmazonSNSFullAccess",
  ]
}

resource "aws_iam_role" "bus" {
  name = "bus"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy_attachment" "bus" {
  for_each   = toset(local.managed)
  role       = aws_iam_role.bus.name
  policy_arn = each.value
}

resource "aws_lambda_function" "bus" {
  function_name = "bus"
  filename      = "bus.zip"
  handler       = "bus.handler"
  runtime       = "nodejs20.x"
  role          = aws_iam_role.bus.arn
}
