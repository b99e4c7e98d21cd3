resource "aws_iam_role" "lambda" {
  name = "sfn-lambda"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy_attachment" "lambda" {
  role       = aws_iam_role.lambda.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

resource "aws_lambda_function" "step" {
  function_name = "sfn-step"
  filename      = "step.zip"
  handler       = "step.handler"
  runtime       = "nodejs20.x"
  role          = aws_iam_role.lambda.arn
}

resource "aws_iam_role" "sfn" {
  name = "sfn"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "states.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "sfn" {
  role = aws_iam_role.sfn.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "lambda:InvokeFunction"
      Resource = [aws_lambda_function.step.arn, "${aws_lambda_function.step.arn}:*"]
    }]
  })
}

resource "aws_sfn_state_machine" "this" {
  name     = "workflow"
  role_arn = aws_iam_role.sfn.arn
  definition = jsonencode({
    StartAt = "Step"
    States = {
      Step = { Type = "Task", Resource = aws_lambda_function.step.arn, End = true }
    }
  })
}
