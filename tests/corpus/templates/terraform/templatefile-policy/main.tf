variable "bucket_name" {
  type    = string
  default = "acme-reports"
}

resource "aws_iam_role" "this" {
  name               = "reports"
  assume_role_policy = file("${path.module}/assume.json")
}

resource "aws_iam_role_policy" "this" {
  name = "reports"
  role = aws_iam_role.this.id
  policy = templatefile("${path.module}/policy.json.tpl", {
    bucket_name = var.bucket_name
  })
}

resource "aws_lambda_function" "this" {
  function_name = "reports"
  s3_bucket     = "acme-artifacts"
  s3_key        = "reports.zip"
  handler       = "reports.handler"
  runtime       = "python3.12"
  role          = aws_iam_role.this.arn
}
