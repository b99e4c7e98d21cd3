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


BALANCER = """
resource "aws_security_group" "web" {
  ingress {
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
resource "aws_lb" "shop" {
  security_groups = [aws_security_group.web.id]
}
resource "aws_lb_target_group" "f" {
  target_type = "lambda"
}
resource "aws_lb_target_group_attachment" "f" {
  target_group_arn = aws_lb_target_group.f.arn
  target_id        = aws_lambda_function.f.arn
}
resource "aws_lb_listener" "web" {
  load_balancer_arn = aws_lb.shop.arn
  protocol          = "HTTPS"
  port              = 443
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.f.arn
  }
}
"""
INLINE = BALANCER[BALANCER.index("  ingress") : BALANCER.index('}\nresource "aws_lb" ')]
CHOSEN = 'var.kind == "a" ? ["10.0.0.0/8"] : ["0.0.0.0/0"]'
DYNAMIC = """
  dynamic "ingress" {
    for_each = var.kinds
    content {
      protocol    = "tcp"
      cidr_blocks = [ingress.value]
    }
  }
"""
ACTION = """
  default_action {
    type = var.kind
  }
"""
AUTHENTICATE = """
  dynamic "default_action" {
    for_each = var.kinds
    content {
      type = "authenticate-oidc"
    }
  }
"""
EVERYONE = """
resource "aws_vpc_security_group_ingress_rule" "web" {
  security_group_id = aws_security_group.web.id
  cidr_ipv4         = "0.0.0.0/0"
}
"""
GRAPHQL = """
resource "aws_appsync_graphql_api" "shop" {
  authentication_type = "API_KEY"
}
resource "aws_appsync_datasource" "f" {
  api_id = aws_appsync_graphql_api.shop.id
  name   = "f"
  lambda_config {
    function_arn = aws_lambda_function.f.arn
  }
}
resource "aws_appsync_resolver" "get" {
  api_id      = aws_appsync_graphql_api.shop.id
  type        = "Query"
  field       = "get"
  data_source = aws_appsync_datasource.f.name
}
"""


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        (BALANCER, "load balancer `shop`", "`HTTPS 443`"),
        (BALANCER.replace(INLINE, "") + EVERYONE, "load balancer `shop`", "`HTTPS 443`"),
        (GRAPHQL, "API `shop`", "`Query.get`"),
    ],
    ids=["listener", "rule of its own", "AppSync"],
)
def test_a_listener_and_a_graphql_api_without_authorization_are_reported(tmp_path, text, start, end):
    (message,), gaps = routes(tmp_path, text)
    assert f"through the {start}, which" in message
    assert message.endswith(end)
    assert gaps == []


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        (BALANCER, "aws_security_group.web.id]", "aws_security_group.web.id]\n  internal = true"),
        (BALANCER, "0.0.0.0/0", "10.0.0.0/8"),
        (BALANCER, "  default_action {", '  default_action {\n    type = "authenticate-oidc"\n  }\n  default_action {'),
        (GRAPHQL, "API_KEY", "AWS_IAM"),
    ],
)
def test_a_listener_and_a_graphql_api_that_are_restricted_are_clean(tmp_path, text, old, new):
    assert old in text
    assert routes(tmp_path, text.replace(old, new)) == ([], [])


@pytest.mark.parametrize(
    ("text", "old", "new", "reason"),
    [
        (BALANCER, INLINE, "", "not all security groups of the load balancer are in the template"),
        (BALANCER, "aws_security_group.web.id]", "var.kind]", "not all security groups of the load balancer are"),
        (BALANCER, "= aws_lb.shop.arn", "= var.kind", "the load balancer is not in the template"),
        (BALANCER, '["0.0.0.0/0"]', "[var.kind]", "which addresses the security groups of the load balancer allow"),
        (BALANCER, '["0.0.0.0/0"]', "var.kinds", "which addresses the security groups of the load balancer allow"),
        (BALANCER, '["0.0.0.0/0"]', CHOSEN, "which addresses the security groups of the load balancer allow"),
        (BALANCER.replace("0.0.0.0/0", "10.0.0.0/8"), "  ingress {", DYNAMIC + "  ingress {", "which addresses the"),
        (BALANCER, "  default_action {", ACTION + "  default_action {", "whether the listener authenticates callers"),
        (
            BALANCER,
            "  default_action {",
            AUTHENTICATE + "  default_action {",
            "whether the listener authenticates callers",
        ),
        (GRAPHQL, '"API_KEY"', "var.kind", "the type of its authorization is not known before deployment"),
    ],
)
def test_a_listener_and_a_graphql_api_that_may_be_restricted_are_not_evaluated(tmp_path, text, old, new, reason):
    assert old in text
    open_, (gap,) = routes(tmp_path, text.replace(old, new))
    assert open_ == []
    assert reason in gap


def test_routes_of_an_api_that_are_not_known_for_one_reason_are_one_entry(tmp_path):
    route = HTTP[HTTP.index('resource "aws_apigatewayv2_route"') :]
    others = "".join(route.replace('"get"', f'"r{number}"').replace("/items", f"/{number}") for number in range(4))
    text = (HTTP + others).replace("route_key", "authorization_type = var.kind\n  route_key")
    open_, (gap,) = routes(tmp_path, text)
    assert open_ == []
    assert "requires authorization for `GET /items`, `GET /0`, `GET /1` and 2 more" in gap


def planned(address, values, **expressions):
    """A resource of a plan, and its configuration: the references of its arguments."""
    kind, name = address.split(".")
    listed = {key: {"references": [reference]} for key, reference in expressions.items()}
    return (
        {"address": address, "mode": "managed", "type": kind, "name": name, "values": values},
        {"address": address, "mode": "managed", "type": kind, "name": name, "expressions": listed},
    )


def test_routes_of_a_plan_are_found_by_the_references_of_its_configuration(tmp_path):
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
    api, invoked = "aws_apigatewayv2_api.shop.id", "aws_lambda_function.f.invoke_arn"
    pairs = [
        planned("aws_iam_role.r", {"name": "r", "assume_role_policy": json.dumps({"Statement": [statement]})}),
        planned("aws_lambda_function.f", {"function_name": "f"}, role="aws_iam_role.r.arn"),
        planned("aws_apigatewayv2_api.shop", {"protocol_type": "HTTP"}),
        planned("aws_apigatewayv2_integration.f", {}, api_id=api, integration_uri=invoked),
        planned(
            "aws_apigatewayv2_route.get",
            {"route_key": "GET /items", "authorization_type": "NONE"},
            api_id=api,
            target="aws_apigatewayv2_integration.f.id",
        ),
    ]
    plan = {
        "format_version": "1.2",
        "terraform_version": "1.9.0",
        "planned_values": {"root_module": {"resources": [values for values, _ in pairs]}},
        "configuration": {"root_module": {"resources": [configuration for _, configuration in pairs]}},
    }
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(plan), encoding="utf-8")
    result = CliRunner().invoke(main, ["audit", "--template", str(path), "--format", "json"])
    messages = [f["message"] for f in json.loads(result.stdout)["findings"] if f["rule"] == "open-api-route"]
    assert [message.partition("which ")[2] for message in messages] == [
        "does not require authorization for `GET /items`"
    ]
