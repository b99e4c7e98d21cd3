variable "task_definition_arn" { type = string }
variable "task_role_arn" { type = string }
variable "execution_role_arn" { type = string }

resource "aws_iam_role" "starter" {
  name = "task-starter"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "starter" {
  role = aws_iam_role.starter.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "ecs:RunTask", Resource = var.task_definition_arn },
      { Effect = "Allow", Action = "iam:PassRole", Resource = [var.task_role_arn, var.execution_role_arn] },
      { Effect = "Allow", Action = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"], Resource = "*" },
    ]
  })
}

resource "aws_lambda_function" "starter" {
  function_name = "task-starter"
  filename      = "starter.zip"
  handler       = "starter.handler"
  runtime       = "nodejs20.x"
  role          = aws_iam_role.starter.arn
}
