variable "account_ids" {
  type    = list(string)
  default = ["111122223333", "444455556666"]
}

data "aws_iam_policy_document" "assume_members" {
  statement {
    actions   = ["sts:AssumeRole"]
    resources = [for id in var.account_ids : "arn:aws:iam::${id}:role/inventory-reader"]
  }
}

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "inventory" {
  name               = "inventory"
  assume_role_policy = data.aws_iam_policy_document.assume.json
}

resource "aws_iam_role_policy" "inventory" {
  name   = "assume-members"
  role   = aws_iam_role.inventory.id
  policy = data.aws_iam_policy_document.assume_members.json
}

resource "aws_iam_role_policy_attachment" "inventory" {
  role       = aws_iam_role.inventory.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

resource "aws_lambda_function" "inventory" {
  function_name = "inventory"
  filename      = "inventory.zip"
  handler       = "inventory.handler"
  runtime       = "python3.12"
  timeout       = 900
  role          = aws_iam_role.inventory.arn
}
