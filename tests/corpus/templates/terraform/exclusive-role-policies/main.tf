resource "aws_iam_role" "exporter" {
  name = "exporter"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "exporter" {
  name = "export"
  role = aws_iam_role.exporter.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "ExportTable"
        Effect   = "Allow"
        Action   = "dynamodb:ExportTableToPointInTime"
        Resource = "arn:aws:dynamodb:eu-west-1:123456789012:table/customers"
      },
      {
        Sid      = "WriteExport"
        Effect   = "Allow"
        Action   = ["s3:AbortMultipartUpload", "s3:PutObject", "s3:PutObjectAcl"]
        Resource = "arn:aws:s3:::customer-exports/*"
      }
    ]
  })
}

resource "aws_iam_role_policies_exclusive" "exporter" {
  role_name    = aws_iam_role.exporter.name
  policy_names = [aws_iam_role_policy.exporter.name]
}

resource "aws_iam_role_policy_attachments_exclusive" "exporter" {
  role_name   = aws_iam_role.exporter.name
  policy_arns = ["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"]
}

resource "aws_lambda_function" "exporter" {
  function_name = "exporter"
  filename      = "exporter.zip"
  handler       = "exporter.handler"
  runtime       = "python3.12"
  role          = aws_iam_role.exporter.arn
}
