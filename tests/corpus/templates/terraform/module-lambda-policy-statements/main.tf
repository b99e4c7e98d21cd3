module "lambda_function" {
  source  = "terraform-aws-modules/lambda/aws"
  version = "~> 7.0"

  function_name = "orders"
  description   = "Reads orders"
  handler       = "index.lambda_handler"
  runtime       = "python3.12"
  source_path   = "../src/orders"

  attach_policy_statements = true
  policy_statements = {
    dynamodb = {
      effect    = "Allow"
      actions   = ["dynamodb:GetItem", "dynamodb:Query"]
      resources = [module.table.dynamodb_table_arn]
    }
    s3_read = {
      effect    = "Allow"
      actions   = ["s3:HeadObject", "s3:GetObject"]
      resources = ["arn:aws:s3:::my-bucket/*"]
    }
  }

  tags = {
    Environment = "dev"
  }
}

module "table" {
  source  = "terraform-aws-modules/dynamodb-table/aws"
  version = "~> 4.0"

  name     = "orders"
  hash_key = "id"
  attributes = [
    {
      name = "id"
      type = "S"
    }
  ]
}
