variable "enable_xray" {
  type    = bool
  default = true
}

variable "dead_letter_queue_arn" {
  type    = string
  default = ""
}

resource "aws_iam_role" "this" {
  name_prefix = "processor-"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = ["lambda.amazonaws.com"] }, Action = ["sts:AssumeRole"] }]
  })
}

resource "aws_iam_role_policy_attachment" "basic" {
  role       = aws_iam_role.this.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

resource "aws_iam_role_policy_attachment" "xray" {
  count      = var.enable_xray ? 1 : 0
  role       = aws_iam_role.this.name
  policy_arn = "arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess"
}

data "aws_iam_policy_document" "dlq" {
  count = var.dead_letter_queue_arn == "" ? 0 : 1
  statement {
    actions   = ["sqs:SendMessage"]
    resources = [var.dead_letter_queue_arn]
  }
}

resource "aws_iam_role_policy" "dlq" {
  count  = var.dead_letter_queue_arn == "" ? 0 : 1
  role   = aws_iam_role.this.id
  policy = data.aws_iam_policy_document.dlq[0].json
}

resource "aws_lambda_function" "this" {
  function_name = "processor"
  filename      = "processor.zip"
  handler       = "processor.handler"
  runtime       = "python3.12"
  role          = aws_iam_role.this.arn

  tracing_config {
    mode = var.enable_xray ? "Active" : "PassThrough"
  }

  dynamic "dead_letter_config" {
    for_each = var.dead_letter_queue_arn == "" ? [] : [1]
    content {
      target_arn = var.dead_letter_queue_arn
    }
  }
}
