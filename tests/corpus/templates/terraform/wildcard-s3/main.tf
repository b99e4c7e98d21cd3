resource "aws_iam_role" "images" {
  name = "images"
  assume_role_policy = <<EOF
{
  "Version": "2012-10-17",
  "Statement": [{"Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}, "Effect": "Allow"}]
}
EOF
}

resource "aws_iam_policy" "images" {
  name   = "images"
  policy = <<EOF
{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
    {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}
  ]
}
EOF
}

resource "aws_iam_role_policy_attachment" "images" {
  role       = aws_iam_role.images.name
  policy_arn = aws_iam_policy.images.arn
}

resource "aws_lambda_function" "images" {
  function_name = "images"
  filename      = "images.zip"
  handler       = "images.handler"
  runtime       = "python3.9"
  role          = aws_iam_role.images.arn
}
