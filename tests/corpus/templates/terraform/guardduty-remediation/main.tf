resource "aws_cloudwatch_event_rule" "finding" {
  name = "guardduty-finding"
  event_pattern = jsonencode({
    source      = ["aws.guardduty"]
    detail-type = ["GuardDuty Finding"]
  })
}

resource "aws_cloudwatch_event_target" "finding" {
  rule = aws_cloudwatch_event_rule.finding.name
  arn  = aws_lambda_function.remediate.arn
}

resource "aws_iam_role" "remediate" {
  name = "guardduty-remediate"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "remediate" {
  role = aws_iam_role.remediate.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["ec2:CreateNetworkAclEntry", "ec2:DescribeNetworkAcls", "ec2:DescribeSubnets", "ec2:DeleteNetworkAclEntry"]
        Resource = "*"
      },
      {
        Effect   = "Allow"
        Action   = ["iam:UpdateAccessKey", "iam:ListAccessKeys"]
        Resource = "arn:aws:iam::*:user/*"
      },
      {
        Effect   = "Allow"
        Action   = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "arn:aws:logs:*:*:*"
      },
    ]
  })
}

resource "aws_lambda_function" "remediate" {
  function_name = "guardduty-remediate"
  filename      = "remediate.zip"
  handler       = "remediate.handler"
  runtime       = "python3.12"
  role          = aws_iam_role.remediate.arn
}
