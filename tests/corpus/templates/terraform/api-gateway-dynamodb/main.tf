provider "aws" {
  region = var.aws_region
}

resource "aws_dynamodb_table" "movies" {
  name         = "${var.prefix}-movies"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "year"
  range_key    = "title"

  attribute {
    name = "year"
    type = "N"
  }

  attribute {
    name = "title"
    type = "S"
  }
}

resource "aws_lambda_function" "movies" {
  function_name    = "${var.prefix}-movies"
  runtime          = "python3.12"
  handler          = "app.lambda_handler"
  filename         = "${path.module}/build/app.zip"
  role             = aws_iam_role.lambda_exec.arn
  timeout          = 10

  environment {
    variables = {
      DDB_TABLE = aws_dynamodb_table.movies.name
    }
  }
}

resource "aws_apigatewayv2_api" "http" {
  name          = "${var.prefix}-api"
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_integration" "movies" {
  api_id             = aws_apigatewayv2_api.http.id
  integration_uri    = aws_lambda_function.movies.invoke_arn
  integration_type   = "AWS_PROXY"
  integration_method = "POST"
}

resource "aws_apigatewayv2_route" "get" {
  api_id    = aws_apigatewayv2_api.http.id
  route_key = "GET /movies"
  target    = "integrations/${aws_apigatewayv2_integration.movies.id}"
}

resource "aws_lambda_permission" "api" {
  statement_id  = "AllowExecutionFromAPIGateway"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.movies.function_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.http.execution_arn}/*/*"
}
