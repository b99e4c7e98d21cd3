variable "buckets" {
  type    = list(string)
  default = ["raw-zone", "curated-zone"]
}

data "aws_iam_policy_document" "lake" {
  dynamic "statement" {
    for_each = var.buckets
    content {
      sid       = "Bucket${statement.key}"
      actions   = ["s3:GetObject", "s3:PutObject"]
      resources = ["arn:aws:s3:::${statement.value}/*"]
    }
  }

  statement {
    sid       = "List"
    actions   = ["s3:ListBucket"]
    resources = [for b in var.buckets : "arn:aws:s3:::${b}"]
  }
}

resource "aws_iam_role" "lake" {
  name = "lake-loader"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "lake" {
  role   = aws_iam_role.lake.id
  policy = data.aws_iam_policy_document.lake.json
}

resource "aws_lambda_function" "lake" {
  function_name = "lake-loader"
  filename      = "loader.zip"
  handler       = "loader.handler"
  runtime       = "python3.12"
  timeout       = 300
  role          = aws_iam_role.lake.arn
}
