"""Routes of APIs in templates that call a function without authorization: a suggestion for each API of a function."""

from __future__ import annotations

import json
from copy import deepcopy

import pytest
from click.testing import CliRunner

from iamglue.cli.main import main
from iamglue.findings import Severity

LAMBDA = {"Service": "lambda.amazonaws.com"}
TRUST = {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": LAMBDA}]}
CODE = {"Runtime": "python3.13", "Handler": "a.b"}
PATH = "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${F.Arn}/invocations"
METHOD = {
    "Type": "AWS::ApiGateway::Method",
    "Properties": {
        "RestApiId": {"Ref": "Api"},
        "ResourceId": {"Ref": "Items"},
        "HttpMethod": "GET",
        "AuthorizationType": "NONE",
        "Integration": {"Type": "AWS_PROXY", "Uri": {"Fn::Sub": PATH}},
    },
}
ITEMS = {"ParentId": {"Fn::GetAtt": ["Api", "RootResourceId"]}, "PathPart": "items", "RestApiId": {"Ref": "Api"}}
REST = {
    "R": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST}},
    "F": {"Type": "AWS::Lambda::Function", "Properties": CODE | {"Role": {"Fn::GetAtt": ["R", "Arn"]}}},
    "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "api"}},
    "Items": {"Type": "AWS::ApiGateway::Resource", "Properties": ITEMS},
    "M": METHOD,
}
ROUTE = {"ApiId": {"Ref": "Api"}, "RouteKey": "GET /items", "Target": {"Fn::Sub": "integrations/${I}"}}
INTEGRATION = {"ApiId": {"Ref": "Api"}, "IntegrationType": "AWS_PROXY", "IntegrationUri": {"Fn::GetAtt": ["F", "Arn"]}}
HTTP = {
    "R": REST["R"],
    "F": REST["F"],
    "Api": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"Name": "api", "ProtocolType": "HTTP"}},
    "I": {"Type": "AWS::ApiGatewayV2::Integration", "Properties": INTEGRATION},
    "M": {"Type": "AWS::ApiGatewayV2::Route", "Properties": ROUTE},
}


def changed(resources, changes):
    """Resources with further properties of some."""
    copy = deepcopy(resources)
    for name, properties in changes.items():
        copy[name]["Properties"] |= properties
    return copy


def messages(tmp_path, template):
    path = tmp_path / "template.json"
    path.write_text(json.dumps(template))
    result = CliRunner().invoke(main, ["audit", "--template", str(path), "--format", "json"])
    report = json.loads(result.stdout)
    findings = [finding for finding in report["findings"] if finding["rule"] == "open-api-route"]
    assert all(finding["severity"] == Severity.SUGGESTION for finding in findings)
    return [finding["message"] for finding in findings]


def sam(event, kind="Api", api=None, sections=None):
    """A SAM template with a function that has one event."""
    properties = CODE | {"Events": {"E": {"Type": kind, "Properties": event}}}
    resources = {"F": {"Type": "AWS::Serverless::Function", "Properties": properties}}
    resources |= {"A": {"Type": f"AWS::Serverless::{kind}", "Properties": api}} if api is not None else {}
    template = {"Transform": "AWS::Serverless-2016-10-31", "Resources": resources}
    return template | ({"Globals": sections} if sections else {})


@pytest.mark.parametrize("resources", [REST, HTTP], ids=["REST", "HTTP"])
def test_a_route_without_authorization_is_a_suggestion(tmp_path, resources):
    (message,) = messages(tmp_path, {"Resources": resources})
    assert "through the API `Api`" in message
    assert message.endswith("authorization for `GET /items`")


@pytest.mark.parametrize(
    "changes",
    [
        {"M": {"AuthorizationType": "AWS_IAM"}},
        {"M": {"AuthorizationType": {"Ref": "Type"}}},
        {"M": {"ApiKeyRequired": True}},
        {"M": {"HttpMethod": "OPTIONS"}},
        {"M": {"Integration": {"Type": "MOCK"}}},
        {"Api": {"Policy": {"Statement": []}}},
        {"Api": {"Body": {"openapi": "3.0.1"}}},
        {"Api": {"EndpointConfiguration": {"Types": ["PRIVATE"]}}},
    ],
    ids=["IAM", "parameter", "API key", "preflight", "no function", "resource policy", "OpenAPI", "private"],
)
def test_a_method_of_a_rest_api_that_may_be_restricted_is_clean(tmp_path, changes):
    template = {"Parameters": {"Type": {"Type": "String"}}, "Resources": changed(REST, changes)}
    assert messages(tmp_path, template) == []


@pytest.mark.parametrize("kind", ["JWT", "AWS_IAM", "CUSTOM", {"Ref": "Type"}])
def test_a_route_of_an_http_api_with_an_authorizer_is_clean(tmp_path, kind):
    template = {"Parameters": {"Type": {"Type": "String"}}}
    assert messages(tmp_path, template | {"Resources": changed(HTTP, {"M": {"AuthorizationType": kind}})}) == []


def test_the_connection_decides_for_all_routes_of_a_websocket_api(tmp_path):
    open_api = changed(HTTP, {"Api": {"ProtocolType": "WEBSOCKET"}, "M": {"RouteKey": "send"}})
    (message,) = messages(tmp_path, {"Resources": open_api})
    assert "`send`" in message
    connect = {"Type": "AWS::ApiGatewayV2::Route", "Properties": ROUTE | {"RouteKey": "$connect"}}
    (message,) = messages(tmp_path, {"Resources": open_api | {"C": connect}})
    assert message.endswith("`send` and `$connect`")
    connect["Properties"]["AuthorizationType"] = "AWS_IAM"
    assert messages(tmp_path, {"Resources": open_api | {"C": connect}}) == []


def test_an_http_api_made_for_one_function_is_open(tmp_path):
    api = {"Api": {"Target": {"Fn::GetAtt": ["F", "Arn"]}}}
    resources = {key: value for key, value in changed(HTTP, api).items() if key not in ("I", "M")}
    (message,) = messages(tmp_path, {"Resources": resources})
    assert message.endswith("`$default`")


@pytest.mark.parametrize("kind", ["Api", "HttpApi"])
def test_an_event_of_sam_without_an_authorizer_is_open(tmp_path, kind):
    (message,) = messages(tmp_path, sam({"Path": "/x", "Method": "post"}, kind))
    assert message.endswith("`POST /x`")


def test_an_event_of_an_http_api_without_properties_is_its_default_route(tmp_path):
    template = sam({}, "HttpApi")
    del template["Resources"]["F"]["Properties"]["Events"]["E"]["Properties"]
    (message,) = messages(tmp_path, template)
    assert message.endswith("`$default`")


@pytest.mark.parametrize(
    ("event", "more"),
    [
        ({"Auth": {"Authorizer": "AWS_IAM"}}, {}),
        ({"Auth": {"ApiKeyRequired": True}}, {}),
        ({"Auth": {"ResourcePolicy": {"IpRangeWhitelist": ["10.0.0.0/8"]}}}, {}),
        ({}, {"sections": {"Api": {"Auth": {"DefaultAuthorizer": "AWS_IAM"}}}}),
        ({"RestApiId": {"Ref": "A"}}, {"api": {"StageName": "a", "Auth": {"DefaultAuthorizer": "AWS_IAM"}}}),
        ({"RestApiId": {"Ref": "A"}}, {"api": {"StageName": "a", "Auth": {"ApiKeyRequired": True}}}),
        ({"RestApiId": {"Ref": "A"}}, {"api": {"StageName": "a", "EndpointConfiguration": {"Type": "PRIVATE"}}}),
        ({"RestApiId": {"Fn::ImportValue": "other"}}, {}),
    ],
    ids=["event", "event's key", "policy", "Globals", "API's default", "API's key", "private", "another stack"],
)
def test_an_event_of_sam_that_may_be_restricted_is_clean(tmp_path, event, more):
    assert messages(tmp_path, sam({"Path": "/x", "Method": "get"} | event, **more)) == []


def test_an_event_of_sam_may_leave_out_the_default_authorizer(tmp_path):
    event = {"Path": "/x", "Method": "get", "RestApiId": {"Ref": "A"}, "Auth": {"Authorizer": "NONE"}}
    (message,) = messages(tmp_path, sam(event, api={"StageName": "a", "Auth": {"DefaultAuthorizer": "AWS_IAM"}}))
    assert "through the API `A`" in message


def serverless(tmp_path, event, provider=""):
    path = tmp_path / "serverless.yml"
    path.write_text(
        f"service: s\nprovider:\n  name: aws\n  runtime: python3.13\n{provider}"
        f"functions:\n  f:\n    handler: a.b\n    events:\n      - {event}\n"
    )
    result = CliRunner().invoke(main, ["audit", "--template", str(path), "--format", "json"])
    findings = json.loads(result.stdout)["findings"]
    return [finding["message"] for finding in findings if finding["rule"] == "open-api-route"]


@pytest.mark.parametrize(
    ("event", "route"),
    [
        ("http: get items", "GET /items"),
        ("http: {method: post, path: /items, cors: true}", "POST /items"),
        ("httpApi: GET /items", "GET /items"),
        ("httpApi: {method: '*', path: '*'}", "$default"),
        ("httpApi: '*'", "$default"),
    ],
)
def test_an_event_of_serverless_without_an_authorizer_is_open(tmp_path, event, route):
    (message,) = serverless(tmp_path, event)
    assert message.endswith(f"`{route}`")


@pytest.mark.parametrize(
    ("event", "provider"),
    [
        ("http: {method: get, path: items, authorizer: aws_iam}", ""),
        ("http: {method: get, path: items, private: true}", ""),
        ("http: get items", "  endpointType: PRIVATE\n"),
        ("http: get items", "  apiGateway: {resourcePolicy: [{Effect: Allow, Principal: '*', Action: '*'}]}\n"),
        ("httpApi: {method: get, path: /items, authorizer: {type: aws_iam}}", ""),
        ("httpApi: {method: get, path: /items, authorizer: '${param:a}'}", ""),
        ("http: {method: options, path: items}", ""),
    ],
)
def test_an_event_of_serverless_that_may_be_restricted_is_clean(tmp_path, event, provider):
    assert serverless(tmp_path, event, provider) == []


@pytest.mark.parametrize(
    ("authorizer", "open_"),
    [
        ("", ["the API `WebsocketsApi`, which does not require authorization for `$connect` and `send`"]),
        ("aws_iam", []),
    ],
)
def test_an_event_of_serverless_that_connects_decides_for_the_websocket_api(tmp_path, authorizer, open_):
    connect = f"{{route: $connect, authorizer: '{authorizer}'}}" if authorizer else "$connect"
    found = serverless(tmp_path, f"websocket: {connect}\n      - websocket: {{route: send}}")
    assert [message.partition("through ")[2] for message in found] == open_


def unknown_routes(path):
    result = CliRunner().invoke(main, ["audit", "--template", str(path), "--format", "json"])
    report = json.loads(result.stdout)
    assert not [finding for finding in report["findings"] if finding["rule"] == "open-api-route"]
    gaps = [gap for gap in report["not_evaluated"] if "requires authorization" in gap["what"]]
    return [f"{gap['what']}: {gap['reason']}" for gap in gaps]


@pytest.mark.parametrize(
    ("resources", "changes", "reason"),
    [
        (REST, {"M": {"AuthorizationType": {"Ref": "Type"}}}, "the type of its authorization is not known"),
        (REST, {"M": {"ApiKeyRequired": {"Ref": "Type"}}}, "whether it needs an API key is not known"),
        (
            REST,
            {"M": {"AuthorizationType": {"Fn::If": ["Wide", "NONE", "AWS_IAM"]}}},
            "the type of its authorization depends on a condition",
        ),
        (REST, {"Api": {"Policy": {"Statement": []}}}, "the API has a resource policy"),
        (REST, {"Api": {"Body": {"openapi": "3.0.1"}}}, "the API is defined in OpenAPI"),
        (REST, {"M": {"RestApiId": {"Ref": "Type"}}}, "the API is not in the template"),
        (HTTP, {"M": {"AuthorizationType": {"Ref": "Type"}}}, "the type of its authorization is not known"),
        (HTTP, {"M": {"ApiId": {"Fn::ImportValue": "api"}}}, "the API is not in the template"),
    ],
)
def test_a_route_whose_authorization_is_not_known_is_not_evaluated(tmp_path, resources, changes, reason):
    template = {
        "Parameters": {"Type": {"Type": "String"}},
        "Conditions": {"Wide": {"Fn::Equals": [{"Ref": "Type"}, "a"]}},
        "Resources": changed(resources, changes),
    }
    path = tmp_path / "template.json"
    path.write_text(json.dumps(template))
    (gap,) = unknown_routes(path)
    assert "`GET /items`" in gap
    assert reason in gap


@pytest.mark.parametrize(
    ("event", "api", "reason"),
    [
        ({"Auth": {"Authorizer": {"Ref": "Type"}}}, None, "the type of its authorization is not known"),
        ({"Auth": {"ResourcePolicy": {"IpRangeWhitelist": ["10.0.0.0/8"]}}}, None, "the API has a resource policy"),
        ({"RestApiId": {"Ref": "A"}}, {"StageName": "a", "DefinitionUri": "a.yaml"}, "the API is defined in OpenAPI"),
        ({"RestApiId": {"Fn::ImportValue": "other"}}, None, "the API is not in the template"),
    ],
)
def test_an_event_of_sam_whose_authorization_is_not_known_is_not_evaluated(tmp_path, event, api, reason):
    path = tmp_path / "template.json"
    template = sam({"Path": "/x", "Method": "get"} | event, api=api)
    path.write_text(json.dumps(template | {"Parameters": {"Type": {"Type": "String"}}}))
    (gap,) = unknown_routes(path)
    assert reason in gap


@pytest.mark.parametrize(
    ("event", "provider", "reason"),
    [
        ("http: get items", "  apiGateway: {restApiId: abc}\n", "the API is not in the template"),
        ("http: get items", "  apiGateway: {resourcePolicy: [{Effect: Allow}]}\n", "the API has a resource policy"),
        ("httpApi: GET /items", "  httpApi: {id: abc}\n", "the API is not in the template"),
        ("http: get items", "  endpointType: '${param:type}'\n", "its event is not known before deployment"),
        ("alb: {listenerArn: abc, priority: 1, conditions: {path: /items}}", "", "the load balancer is not in the"),
    ],
)
def test_an_event_of_serverless_whose_authorization_is_not_known_is_not_evaluated(tmp_path, event, provider, reason):
    assert serverless(tmp_path, event, provider) == []
    (gap,) = unknown_routes(tmp_path / "serverless.yml")
    assert reason in gap
