resource "aws_dynamodb_table" "orders" {
  name             = "orders"
  billing_mode     = "PAY_PER_REQUEST"
  hash_key         = "id"
  stream_enabled   = true
  stream_view_type = "NEW_IMAGE"
  attribute {
    name = "id"
    type = "S"
  }
}

resource "aws_iam_role" "stream" {
  name               = "orders-stream"
  assume_role_policy = data.aws_iam_policy_document.stream_assume.json
}

data "aws_iam_policy_document" "stream_assume" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

resource "aws_iam_role_policy_attachment" "stream" {
  role       = aws_iam_role.stream.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaDynamoDBExecutionRole"
}

resource "aws_iam_role_policy" "sns" {
  role = aws_iam_role.stream.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "sns:Publish"
      Resource = aws_sns_topic.orders.arn
    }]
  })
}

resource "aws_sns_topic" "orders" {
  name = "orders"
}

resource "aws_lambda_function" "stream" {
  function_name = "orders-stream"
  filename      = "stream.zip"
  handler       = "stream.handler"
  runtime       = "nodejs20.x"
  role          = aws_iam_role.stream.arn
  environment {
    variables = {
      TOPIC = aws_sns_topic.orders.arn
    }
  }
}

resource "aws_lambda_event_source_mapping" "stream" {
  event_source_arn  = aws_dynamodb_table.orders.stream_arn
  function_name     = aws_lambda_function.stream.arn
  starting_position = "TRIM_HORIZON"
}
