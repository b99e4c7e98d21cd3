# Roles of Lambda functions, written by iamglue, for version 6 of the AWS provider.

# tenant-api
resource "aws_iam_role" "tenant_api" {
  name        = "tenant-api-role"
  description = "Lists the orders of one tenant"

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

resource "aws_iam_role_policy" "tenant_api_1" {
  name = "tenant-api-policy"
  role = aws_iam_role.tenant_api.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "DynamodbQueryOrders"
        Effect   = "Allow"
        Action   = ["dynamodb:Query"]
        Resource = ["arn:aws:dynamodb:eu-west-1:123456789012:table/orders/index/by-tenant"]
        Condition = {
          Null = {
            "dynamodb:LeadingKeys" = "false"
          }
          "ForAllValues:StringEquals" = {
            "dynamodb:LeadingKeys" = "$${aws:PrincipalTag/tenant}"
          }
        }
      },
      {
        Sid    = "LogsWriteOwnLogs"
        Effect = "Allow"
        Action = [
          "logs:CreateLogGroup",
          "logs:CreateLogStream",
          "logs:PutLogEvents",
        ]
        Resource = ["arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/tenant-api:*"]
      },
      {
        Sid      = "SecretsmanagerGetSecretValueTenantApiSigningKey"
        Effect   = "Allow"
        Action   = ["secretsmanager:GetSecretValue"]
        Resource = ["arn:aws:secretsmanager:eu-west-1:123456789012:secret:tenant-api/signing-key-??????"]
      },
      {
        Sid      = "SnsPublishOrderViews"
        Effect   = "Allow"
        Action   = ["sns:Publish"]
        Resource = ["arn:aws:sns:eu-west-1:210987654321:order-views"]
      },
    ]
  })
}

# The function must exist. If it is a resource of this configuration, let function_name refer to it.
resource "aws_lambda_permission" "tenant_api_1" {
  statement_id  = "ApigatewayA1b2c3d4e5ProdGETOrders"
  action        = "lambda:InvokeFunction"
  function_name = "tenant-api"
  principal     = "apigateway.amazonaws.com"
  source_arn    = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod/GET/orders"
}

# Counterpart policy, for topic policy in account 210987654321 of arn:aws:sns:eu-west-1:210987654321:order-views:
# {
#   "Version": "2012-10-17",
#   "Statement": [
#     {
#       "Effect": "Allow",
#       "Principal": {
#         "AWS": "arn:aws:iam::123456789012:role/tenant-api-role"
#       },
#       "Action": [
#         "sns:Publish"
#       ],
#       "Resource": [
#         "arn:aws:sns:eu-west-1:210987654321:order-views"
#       ]
#     }
#   ]
# }

output "tenant_api_role_arn" {
  value = aws_iam_role.tenant_api.arn
}
