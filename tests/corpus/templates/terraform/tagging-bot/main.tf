variable "tags" {
  type    = map(string)
  default = { owner = "platform" }
}

resource "aws_iam_role" "tagger" {
  name = "tagger"
  tags = var.tags
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "tagger" {
  role = aws_iam_role.tagger.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["tag:GetResources", "tag:TagResources", "ec2:CreateTags", "s3:GetBucketTagging", "s3:PutBucketTagging"], Resource = "*" },
      { Effect = "Allow", Action = ["logs:*"], Resource = "arn:aws:logs:*:*:*" },
    ]
  })
}

resource "aws_lambda_function" "tagger" {
  function_name = "tagger"
  filename      = "tagger.zip"
  handler       = "tagger.handler"
  runtime       = "python3.12"
  role          = aws_iam_role.tagger.arn
}
