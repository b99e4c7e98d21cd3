"""Routes of APIs in Terraform that call a function without authorization."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from iamglue.cli.main import main

FUNCTION = """
variable "kind" {}
resource "aws_iam_role" "r" {
  name               = "r"
  assume_role_policy = jsonencode({ Statement = [{
    Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })
}
resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = aws_iam_role.r.arn
}
resource "aws_lambda_alias" "live" {
  name             = "live"
  function_name    = aws_lambda_function.f.function_name
  function_version = "$LATEST"
}
"""
REST = """
resource "aws_api_gateway_rest_api" "shop" {
  name = "shop"
}
resource "aws_api_gateway_resource" "items" {
  rest_api_id = aws_api_gateway_rest_api.shop.id
  parent_id   = aws_api_gateway_rest_api.shop.root_resource_id
  path_part   = "items"
}
resource "aws_api_gateway_resource" "one" {
  rest_api_id = aws_api_gateway_rest_api.shop.id
  parent_id   = aws_api_gateway_resource.items.id
  path_part   = "{id}"
}
resource "aws_api_gateway_method" "get" {
  rest_api_id   = aws_api_gateway_rest_api.shop.id
  resource_id   = aws_api_gateway_resource.one.id
  http_method   = "GET"
  authorization = "NONE"
}
resource "aws_api_gateway_integration" "get" {
  rest_api_id             = aws_api_gateway_method.get.rest_api_id
  resource_id             = aws_api_gateway_method.get.resource_id
  http_method             = aws_api_gateway_method.get.http_method
  type                    = "AWS_PROXY"
  integration_http_method = "POST"
  uri                     = aws_lambda_function.f.invoke_arn
}
"""
HTTP = """
resource "aws_apigatewayv2_api" "shop" {
  name          = "shop"
  protocol_type = "HTTP"
}
resource "aws_apigatewayv2_integration" "f" {
  api_id           = aws_apigatewayv2_api.shop.id
  integration_type = "AWS_PROXY"
  integration_uri  = aws_lambda_function.f.invoke_arn
}
resource "aws_apigatewayv2_route" "get" {
  api_id    = aws_apigatewayv2_api.shop.id
  route_key = "GET /items"
  target    = "integrations/${aws_apigatewayv2_integration.f.id}"
}
"""
NONE, SHOP = 'authorization = "NONE"', 'name = "shop"\n}'


def routes(tmp_path, text):
    """The messages of open routes, and the routes that were not evaluated, with the reasons."""
    (tmp_path / "main.tf").write_text(FUNCTION + text, encoding="utf-8")
    report = json.loads(CliRunner().invoke(main, ["audit", "--template", str(tmp_path), "--format", "json"]).stdout)
    open_ = [finding["message"] for finding in report["findings"] if finding["rule"] == "open-api-route"]
    gaps = [gap for gap in report["not_evaluated"] if "requires authorization" in gap["what"]]
    return open_, [f"{gap['what']}: {gap['reason']}" for gap in gaps]


@pytest.mark.parametrize(
    ("text", "route"),
    [
        (REST, "GET /items/{id}"),
        (REST.replace("aws_lambda_function.f.invoke_arn", "aws_lambda_alias.live.invoke_arn"), "GET /items/{id}"),
        (HTTP, "GET /items"),
        (HTTP.replace("aws_lambda_function.f.invoke_arn", "aws_lambda_function.f.arn"), "GET /items"),
        (HTTP.replace('"HTTP"', '"WEBSOCKET"').replace("GET /items", "$connect"), "$connect"),
        (HTTP.replace('"HTTP"', '"WEBSOCKET"').replace("GET /items", "send"), "send"),
    ],
    ids=["REST", "alias", "HTTP", "ARN", "connection", "message"],
)
def test_a_route_without_authorization_is_reported(tmp_path, text, route):
    (message,), gaps = routes(tmp_path, text)
    assert "through the API `shop`" in message
    assert message.endswith(f"authorization for `{route}`")
    assert gaps == []


def test_an_http_api_made_for_one_function_is_open(tmp_path):
    api = HTTP.partition("}")[0] + "  target = aws_lambda_function.f.arn\n}\n"
    (message,), _ = routes(tmp_path, api)
    assert message.endswith("`$default`")


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        (REST, '"NONE"', '"AWS_IAM"'),
        (REST, '"NONE"', '"NONE"\n  api_key_required = true'),
        (REST, '"GET"', '"OPTIONS"'),
        (REST, '"shop"\n}', '"shop"\n  endpoint_configuration {\n    types = ["PRIVATE"]\n  }\n}'),
        (REST, "aws_lambda_function.f.invoke_arn", '"https://example.com"'),
        (HTTP, '"GET /items"', '"GET /items"\n  authorization_type = "JWT"'),
        (HTTP, '"GET /items"', '"OPTIONS /items"'),
    ],
)
def test_a_route_that_is_restricted_is_clean(tmp_path, text, old, new):
    assert old in text
    assert routes(tmp_path, text.replace(old, new)) == ([], [])


@pytest.mark.parametrize(
    ("text", "old", "new", "reason"),
    [
        (REST, '"NONE"', "var.kind", "the type of its authorization is not known before deployment"),
        (
            REST,
            '"NONE"',
            'var.kind == "a" ? "NONE" : "AWS_IAM"',
            "the type of its authorization depends on a condition",
        ),
        (REST, '"shop"\n}', '"shop"\n  policy = "{}"\n}', "the API has a resource policy"),
        (REST, '"shop"\n}', '"shop"\n  body = "{}"\n}', "the API is defined in OpenAPI"),
        (REST, '"aws_api_gateway_rest_api" "shop"', '"aws_api_gateway_rest_api" "x"', "the API is not in the template"),
        (HTTP, '"GET /items"', '"GET /items"\n  authorization_type = var.kind', "the type of its authorization is not"),
    ],
)
def test_a_route_whose_authorization_is_not_known_is_not_evaluated(tmp_path, text, old, new, reason):
    assert old in text
    open_, (gap,) = routes(tmp_path, text.replace(old, new))
    assert open_ == []
    assert reason in gap
