resource "aws_cloudwatch_event_rule" "stop" {
  name                = "stop-instances"
  schedule_expression = "cron(0 19 ? * MON-FRI *)"
}

resource "aws_cloudwatch_event_target" "stop" {
  rule = aws_cloudwatch_event_rule.stop.name
  arn  = aws_lambda_function.stop.arn
}

resource "aws_lambda_permission" "events" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.stop.function_name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.stop.arn
}

resource "aws_lambda_function" "stop" {
  function_name = "stop-instances"
  filename      = data.archive_file.stop.output_path
  handler       = "stop.lambda_handler"
  runtime       = "python3.12"
  role          = aws_iam_role.stop.arn
}

data "archive_file" "stop" {
  type        = "zip"
  source_file = "${path.module}/stop.py"
  output_path = "${path.module}/stop.zip"
}

resource "aws_iam_role" "stop" {
  name = "stop-instances"

  assume_role_policy = <<-JSON
    {
      "Version": "2012-10-17",
      "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
      ]
    }
  JSON
}

resource "aws_iam_role_policy" "stop" {
  name = "stop-instances"
  role = aws_iam_role.stop.name

  policy = <<-JSON
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Effect": "Allow",
          "Action": ["ec2:DescribeInstances", "ec2:StopInstances"],
          "Resource": "*"
        },
        {
          "Effect": "Allow",
          "Action": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
          "Resource": "*"
        }
      ]
    }
  JSON
}
