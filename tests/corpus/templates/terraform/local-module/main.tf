module "orders" {
  source = "./modules/function"

  name        = "orders"
  handler     = "orders.handler"
  policy_json = data.aws_iam_policy_document.orders.json
}

module "mailer" {
  source = "./modules/function"

  name        = "mailer"
  handler     = "mailer.handler"
  policy_json = data.aws_iam_policy_document.mailer.json
}

data "aws_iam_policy_document" "orders" {
  statement {
    actions   = ["dynamodb:GetItem", "dynamodb:PutItem"]
    resources = ["arn:aws:dynamodb:eu-west-1:123456789012:table/orders"]
  }
}

data "aws_iam_policy_document" "mailer" {
  statement {
    actions   = ["ses:SendEmail"]
    resources = ["*"]
  }
}
