module "policy" {
  source  = "terraform-aws-modules/iam/aws//modules/iam-policy"
  version = "~> 5.0"

  name   = "importer"
  policy = data.aws_iam_policy_document.importer.json
}

data "aws_iam_policy_document" "importer" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["arn:aws:s3:::imports/*"]
  }
}

resource "aws_iam_role" "importer" {
  name = "importer"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy_attachment" "importer" {
  role       = aws_iam_role.importer.name
  policy_arn = module.policy.arn
}

resource "aws_lambda_function" "importer" {
  function_name = "importer"
  filename      = "importer.zip"
  handler       = "importer.handler"
  runtime       = "python3.12"
  role          = aws_iam_role.importer.arn
}
