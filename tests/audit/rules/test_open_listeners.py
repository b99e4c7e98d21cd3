"""Load balancers and GraphQL APIs of a template that call a function for everyone."""

from __future__ import annotations

import json
from copy import deepcopy

import pytest
from click.testing import CliRunner

from iamglue.cli.main import main

TRUST = {
    "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}]
}
ARN = {"Fn::GetAtt": ["F", "Arn"]}
CODE = {"Runtime": "python3.13", "Handler": "a.b", "Role": {"Fn::GetAtt": ["R", "Arn"]}}
FUNCTION = {
    "R": ("IAM::Role", {"AssumeRolePolicyDocument": TRUST}),
    "F": ("Lambda::Function", CODE),
}
NO_VALUE = {"Ref": "AWS::NoValue"}
FORWARD = {"Type": "forward", "TargetGroupArn": {"Ref": "G"}}
BALANCER = FUNCTION | {
    "S": ("EC2::SecurityGroup", {"SecurityGroupIngress": [{"IpProtocol": "tcp", "CidrIp": "0.0.0.0/0"}]}),
    "B": ("ElasticLoadBalancingV2::LoadBalancer", {"SecurityGroups": [{"Fn::GetAtt": ["S", "GroupId"]}]}),
    "G": ("ElasticLoadBalancingV2::TargetGroup", {"TargetType": "lambda", "Targets": [{"Id": ARN}]}),
    "L": (
        "ElasticLoadBalancingV2::Listener",
        {"LoadBalancerArn": {"Ref": "B"}, "Protocol": "HTTPS", "Port": 443, "DefaultActions": [FORWARD]},
    ),
}
GRAPHQL = FUNCTION | {
    "A": ("AppSync::GraphQLApi", {"AuthenticationType": "API_KEY"}),
    "D": (
        "AppSync::DataSource",
        {"ApiId": {"Fn::GetAtt": ["A", "ApiId"]}, "Name": "d", "LambdaConfig": {"LambdaFunctionArn": ARN}},
    ),
    "Q": (
        "AppSync::Resolver",
        {
            "ApiId": {"Fn::GetAtt": ["A", "ApiId"]},
            "TypeName": "Query",
            "FieldName": "get",
            "DataSourceName": {"Fn::GetAtt": ["D", "Name"]},
        },
    ),
}
USER_POOL = {"AuthenticationType": "AMAZON_COGNITO_USER_POOLS"}
CONDITIONS = {"Production": {"Fn::Equals": [{"Ref": "Kind"}, "production"]}}
# What the gaps say that are about security groups and listeners.
RANGES = "which addresses the security groups of the load balancer allow is not known before deployment"
CALLERS = "whether the listener authenticates callers"


def chosen(first, second):
    """A value that a condition decides."""
    return {"Fn::If": ["Production", first, second]}


def ingress(*ranges):
    """A list of rules of a security group."""
    return [{"IpProtocol": "tcp", "CidrIp": text} for text in ranges]


def routes(tmp_path, resources, changes=None):
    """The messages of open routes, and the reasons why routes were not evaluated."""
    resources = deepcopy(resources)
    for name, properties in (changes or {}).items():
        resources[name] = (resources[name][0], resources[name][1] | properties)
    content = {
        name: {"Type": f"AWS::{kind}", "Properties": properties} for name, (kind, properties) in resources.items()
    }
    path = tmp_path / "template.json"
    path.write_text(
        json.dumps({"Parameters": {"Kind": {"Type": "String"}}, "Conditions": CONDITIONS, "Resources": content})
    )
    report = json.loads(CliRunner().invoke(main, ["audit", "--template", str(path), "--format", "json"]).stdout)
    open_ = [finding["message"] for finding in report["findings"] if finding["rule"] == "open-api-route"]
    return open_, [gap["reason"] for gap in report["not_evaluated"] if "requires authorization" in gap["what"]]


def test_a_listener_on_the_internet_is_reported(tmp_path):
    (message,), gaps = routes(tmp_path, BALANCER)
    assert "through the load balancer `B`, which does not require authorization for `HTTPS 443`" in message
    assert gaps == []


def test_a_rule_of_a_listener_is_reported_with_its_paths(tmp_path):
    conditions = [{"Field": "path-pattern", "Values": ["/items/*"]}]
    rule = {"ListenerArn": {"Ref": "L"}, "Actions": [FORWARD], "Conditions": conditions}
    resources = BALANCER | {"Rule": ("ElasticLoadBalancingV2::ListenerRule", rule)}
    fixed = {"Type": "fixed-response"}
    (message,), _ = routes(tmp_path, resources, {"L": {"DefaultActions": [fixed]}})
    assert message.endswith("`/items/*`")
    near = [*conditions, {"Field": "source-ip", "SourceIpConfig": {"Values": ["10.0.0.0/8"]}}]
    assert routes(tmp_path, resources, {"L": {"DefaultActions": [fixed]}, "Rule": {"Conditions": near}}) == ([], [])


@pytest.mark.parametrize(
    "changes",
    [
        {"B": {"Scheme": "internal"}},
        {"L": {"DefaultActions": [{"Type": "authenticate-oidc"}, FORWARD]}},
        {"L": {"MutualAuthentication": {"Mode": "verify"}}},
        {"S": {"SecurityGroupIngress": [{"IpProtocol": "tcp", "CidrIp": "10.0.0.0/8"}]}},
        {"G": {"TargetType": "instance"}},
    ],
)
def test_a_listener_that_is_restricted_is_clean(tmp_path, changes):
    assert routes(tmp_path, BALANCER, changes) == ([], [])


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"B": {"Scheme": {"Ref": "Kind"}}}, "the scheme of the load balancer is not known before deployment"),
        ({"B": {"SecurityGroups": ["sg-1"]}}, "not all security groups of the load balancer are in the template"),
        ({"L": {"LoadBalancerArn": {"Ref": "Kind"}}}, "the load balancer is not in the template"),
        ({"S": {"SecurityGroupIngress": ingress({"Ref": "Kind"})}}, RANGES),
        ({"S": {"SecurityGroupIngress": ingress(chosen("10.0.0.0/8", "0.0.0.0/0"))}}, RANGES),
        ({"S": {"SecurityGroupIngress": ingress(chosen("0.0.0.0/0", "10.0.0.0/8"))}}, RANGES),
        (
            {"B": {"Scheme": chosen("internal", "internet-facing")}},
            "the scheme of the load balancer depends on a condition",
        ),
        (
            {"L": {"DefaultActions": [chosen({"Type": "authenticate-oidc"}, NO_VALUE), FORWARD]}},
            f"{CALLERS} depends on a condition",
        ),
        (
            {"L": {"DefaultActions": chosen([{"Type": "authenticate-oidc"}, FORWARD], [FORWARD])}},
            f"{CALLERS} depends on a condition",
        ),
        ({"L": {"DefaultActions": [{"Type": {"Ref": "Kind"}}, FORWARD]}}, f"{CALLERS} is not known before deployment"),
        (
            {"L": {"MutualAuthentication": {"Mode": chosen("verify", "off")}}},
            "whether the listener verifies the certificates of clients depends on a condition",
        ),
    ],
)
def test_a_listener_that_may_be_restricted_is_not_evaluated(tmp_path, changes, reason):
    assert routes(tmp_path, BALANCER, changes) == ([], [reason])


def test_a_listener_is_open_if_rules_in_either_branch_of_a_condition_allow_everyone(tmp_path):
    rules = chosen(ingress("10.0.0.0/8"), ingress("0.0.0.0/0"))
    open_, gaps = routes(tmp_path, BALANCER, {"S": {"SecurityGroupIngress": rules}})
    assert (len(open_), gaps) == (1, [])


def test_a_field_that_an_api_key_opens_is_reported(tmp_path):
    (message,), gaps = routes(tmp_path, GRAPHQL)
    assert "through the API `A`" in message
    assert message.endswith("`Query.get`")
    assert gaps == []


@pytest.mark.parametrize("change", [USER_POOL, {"Visibility": "PRIVATE"}])
def test_an_api_that_asks_who_calls_is_clean(tmp_path, change):
    assert routes(tmp_path, GRAPHQL, {"A": change}) == ([], [])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"AuthenticationType": {"Ref": "Kind"}}, "the type of its authorization is not known before deployment"),
        ({"AdditionalAuthenticationProviders": [USER_POOL]}, "the API has several types of authorization"),
        ({"Visibility": chosen("PRIVATE", "GLOBAL")}, "whether the API is private depends on a condition"),
    ],
)
def test_an_api_whose_authorization_is_not_known_is_not_evaluated(tmp_path, change, reason):
    open_, (gap,) = routes(tmp_path, GRAPHQL, {"A": change})
    assert open_ == []
    assert gap.startswith(reason)
