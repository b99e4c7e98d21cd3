#!/usr/bin/env bash
# Roles of Lambda functions, written by iamglue. Run it again to update them; other policies of a role are not changed.
set -euo pipefail
export AWS_PAGER=""

# put_role NAME TRUST-POLICY [--description=TEXT]
put_role() {
  if aws iam get-role --role-name "$1" >/dev/null 2>&1; then
    aws iam update-assume-role-policy --role-name "$1" --policy-document "$2"
    if (($# > 2)); then
      aws iam update-role-description --role-name "$1" "${@:3}" >/dev/null
    fi
  else
    aws iam create-role --role-name "$1" --assume-role-policy-document "$2" "${@:3}" >/dev/null
    aws iam wait role-exists --role-name "$1"
  fi
}

# put_inline_policy ROLE NAME POLICY
put_inline_policy() {
  aws iam put-role-policy --role-name "$1" --policy-name "$2" --policy-document "$3"
}

# put_permission FUNCTION REGION STATEMENT-ID OPTION...
put_permission() {
  aws lambda remove-permission --function-name "$1" --region "$2" --statement-id "$3" >/dev/null 2>&1 || true
  aws lambda add-permission --function-name "$1" --region "$2" --statement-id "$3" "${@:4}" >/dev/null
}

# Function exif-extractor
policy=$(cat <<'POLICY'
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "LambdaAssumesRole",
      "Effect": "Allow",
      "Principal": {
        "Service": "lambda.amazonaws.com"
      },
      "Action": [
        "sts:AssumeRole"
      ]
    }
  ]
}
POLICY
)
put_role exif-extractor-role "$policy"
policy=$(cat <<'POLICY'
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "DynamodbPutItemExifDataTable",
      "Effect": "Allow",
      "Action": [
        "dynamodb:PutItem"
      ],
      "Resource": [
        "arn:aws:dynamodb:eu-west-1:123456789012:table/exifDataTable"
      ]
    },
    {
      "Sid": "LogsWriteOwnLogs",
      "Effect": "Allow",
      "Action": [
        "logs:CreateLogGroup",
        "logs:CreateLogStream",
        "logs:PutLogEvents"
      ],
      "Resource": [
        "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/exif-extractor:*"
      ]
    },
    {
      "Sid": "S3GetObjectImagesBucket",
      "Effect": "Allow",
      "Action": [
        "s3:GetObject"
      ],
      "Resource": [
        "arn:aws:s3:::images-bucket/*"
      ]
    }
  ]
}
POLICY
)
put_inline_policy exif-extractor-role exif-extractor-policy "$policy"

# The functions must exist before the following commands run.
put_permission exif-extractor eu-west-1 S3ImagesBucket \
  --action lambda:InvokeFunction \
  --principal s3.amazonaws.com \
  --source-arn arn:aws:s3:::images-bucket \
  --source-account 123456789012
