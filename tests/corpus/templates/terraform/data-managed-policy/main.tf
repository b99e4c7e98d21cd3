data "aws_iam_policy" "dynamodb" {
  name = "AmazonDynamoDBFullAccess"
}

data "aws_iam_policy" "logs" {
  arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

resource "aws_iam_role" "crud" {
  name = "crud"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy_attachment" "dynamodb" {
  role       = aws_iam_role.crud.name
  policy_arn = data.aws_iam_policy.dynamodb.arn
}

resource "aws_iam_role_policy_attachment" "logs" {
  role       = aws_iam_role.crud.name
  policy_arn = data.aws_iam_policy.logs.arn
}

resource "aws_lambda_function" "crud" {
  function_name = "crud"
  filename      = "crud.zip"
  handler       = "crud.handler"
  runtime       = "nodejs20.x"
  role          = aws_iam_role.crud.arn
}
