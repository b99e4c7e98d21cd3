resource "aws_iam_role" "report" {
  name               = "report"
  assume_role_policy = data.aws_iam_policy_document.assume.json
}

data "aws_iam_policy_document" "assume" {
  statement {
    effect  = "Allow"
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "report" {
  statement {
    actions   = ["athena:StartQueryExecution", "athena:GetQueryExecution", "athena:GetQueryResults"]
    resources = ["arn:aws:athena:${local.region}:${local.account}:workgroup/primary"]
  }
  statement {
    actions = ["glue:GetTable", "glue:GetPartitions", "glue:GetDatabase"]
    resources = [
      "arn:aws:glue:${local.region}:${local.account}:catalog",
      "arn:aws:glue:${local.region}:${local.account}:database/*",
      "arn:aws:glue:${local.region}:${local.account}:table/*",
    ]
  }
  statement {
    actions   = ["s3:GetBucketLocation", "s3:ListBucket", "s3:GetObject"]
    resources = ["arn:aws:s3:::${local.lake}", "arn:aws:s3:::${local.lake}/*"]
  }
  statement {
    actions   = ["s3:PutObject", "s3:GetObject", "s3:GetBucketLocation"]
    resources = ["arn:aws:s3:::${local.lake}-athena-results*"]
  }
}

resource "aws_iam_role_policy" "report" {
  name   = "report"
  role   = aws_iam_role.report.id
  policy = data.aws_iam_policy_document.report.json
}

resource "aws_iam_role_policy_attachment" "basic" {
  role       = aws_iam_role.report.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}
