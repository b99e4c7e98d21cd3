# Roles of Lambda functions, written by iamglue, for version 6 of the AWS provider.

# exif-extractor
resource "aws_iam_role" "exif_extractor" {
  name = "exif-extractor-role"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "LambdaAssumesRole"
        Effect = "Allow"
        Principal = {
          Service = "lambda.amazonaws.com"
        }
        Action = ["sts:AssumeRole"]
      },
    ]
  })
}

resource "aws_iam_role_policy" "exif_extractor_1" {
  name = "exif-extractor-policy"
  role = aws_iam_role.exif_extractor.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "DynamodbPutItemExifDataTable"
        Effect   = "Allow"
        Action   = ["dynamodb:PutItem"]
        Resource = ["arn:aws:dynamodb:eu-west-1:123456789012:table/exifDataTable"]
      },
      {
        Sid    = "LogsWriteOwnLogs"
        Effect = "Allow"
        Action = [
          "logs:CreateLogGroup",
          "logs:CreateLogStream",
          "logs:PutLogEvents",
        ]
        Resource = ["arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/exif-extractor:*"]
      },
      {
        Sid      = "S3GetObjectImagesBucket"
        Effect   = "Allow"
        Action   = ["s3:GetObject"]
        Resource = ["arn:aws:s3:::images-bucket/*"]
      },
    ]
  })
}

# The function must exist. If it is a resource of this configuration, let function_name refer to it.
resource "aws_lambda_permission" "exif_extractor_1" {
  statement_id   = "S3ImagesBucket"
  action         = "lambda:InvokeFunction"
  function_name  = "exif-extractor"
  principal      = "s3.amazonaws.com"
  source_arn     = "arn:aws:s3:::images-bucket"
  source_account = "123456789012"
}

output "exif_extractor_role_arn" {
  value = aws_iam_role.exif_extractor.arn
}
