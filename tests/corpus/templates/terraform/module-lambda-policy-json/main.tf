data "aws_iam_policy_document" "queue" {
  statement {
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.out.arn]
  }
}

resource "aws_sqs_queue" "out" {
  name = "out"
}

module "lambda" {
  source = "terraform-aws-modules/lambda/aws"

  function_name = "producer"
  handler       = "app.handler"
  runtime       = "nodejs20.x"
  source_path   = "./src"

  attach_policy_json = true
  policy_json        = data.aws_iam_policy_document.queue.json

  attach_policies    = true
  number_of_policies = 1
  policies           = ["arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess"]

  attach_network_policy  = true
  vpc_subnet_ids         = ["subnet-0123456789abcdef0"]
  vpc_security_group_ids = ["sg-0123456789abcdef0"]

  allowed_triggers = {
    Schedule = {
      principal  = "events.amazonaws.com"
      source_arn = "arn:aws:events:eu-west-1:135367859851:rule/RunDaily"
    }
  }
}
