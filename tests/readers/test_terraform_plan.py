"""Policies in `terraform show -json`: what there will be, and what is known only after apply."""

from __future__ import annotations

import json

import pytest
from support.written import data

from iamglue.findings import NotEvaluatedKind
from iamglue.policy.parsed_policy import ParameterValues, PolicyType
from iamglue.policy.source.json_reader import read_json
from iamglue.readers.templates.template_account import read_template_account
from iamglue.readers.terraform.plan import read_plan

POLICY = {"Version": "2012-10-17", "Statement": [{"Action": "s3:Get*", "Resource": "${aws:userid}"}]}


def resource(address, values, mode="managed"):
    kind = address.removeprefix("data.").split(".")[-2]
    return {"address": address, "mode": mode, "type": kind, "values": values}


def change(address, actions, after, unknown=None):
    kind = address.split(".")[-2]
    of = {"actions": actions, "after": after, "after_unknown": unknown or {}}
    return {"address": address, "type": kind, "change": of}


def read(resources=(), changes=(), modules=()):
    children = [{"address": f"module.m{at}", "resources": each} for at, each in enumerate(modules)]
    root = {"resources": list(resources), "child_modules": children}
    plan = {"format_version": "1.2", "terraform_version": "1.13.0", "resource_changes": list(changes)}
    if resources or modules:
        plan["planned_values"] = {"root_module": root}
    text = json.dumps(plan, indent=2)
    return text, read_plan("plan.json", read_json(text, "plan.json").documents[0], text, ParameterValues())


def test_policies_are_found_in_every_module_at_the_place_of_their_text():
    policy = json.dumps(POLICY)
    text, file = read(
        [resource("aws_iam_policy.p", {"policy": policy})],
        modules=[[resource("module.m0.aws_sqs_queue_policy.q", {"policy": policy})]],
    )
    assert [(each.name, each.type, each.resource_type, data(each.node)) for each in file.policies] == [
        ("aws_iam_policy.p", PolicyType.IDENTITY, None, POLICY),
        ("module.m0.aws_sqs_queue_policy.q", PolicyType.RESOURCE, "AWS::SQS::Queue", POLICY),
    ]
    node = file.policies[0].node.get("Statement").items[0]
    assert text.splitlines()[node.line - 1][node.column - 1 :] == json.dumps(policy)
    assert not any(each.unresolved for each in node.walk())


def test_a_role_has_trust_inline_policies_and_attachments():
    values = {
        "name": "r",
        "assume_role_policy": json.dumps({"Statement": []}),
        "inline_policy": [{"name": "a", "policy": json.dumps(POLICY)}, {"name": None, "policy": None}],
        "managed_policy_arns": ["arn:aws:iam::aws:policy/A"],
    }
    more = resource("aws_iam_role_policy.x", {"role": "r", "policy": json.dumps(POLICY)})
    attached = resource("aws_iam_role_policy_attachment.x", {"role": "r", "policy_arn": "arn:aws:iam::aws:policy/B"})
    _, file = read([resource("aws_iam_role.r", values), more, attached])
    assert [(each.type.value, each.owner) for each in file.policies] == [
        ("trust", None),
        ("identity", "aws_iam_role.r"),
        ("identity", "aws_iam_role.r"),
    ]
    assert [(each.node.text[-1], each.owner) for each in file.attachments] == [
        ("A", "aws_iam_role.r"),
        ("B", "aws_iam_role.r"),
    ]


def test_a_lambda_permission_is_a_statement():
    values = {"action": "lambda:InvokeFunction", "function_name": "f", "principal": "210987654321"}
    _, file = read([resource("aws_lambda_permission.p", values)])
    assert data(file.policies[0].node)["Statement"][0]["Principal"] == {"AWS": "210987654321"}


def test_a_permission_of_a_layer_version_is_a_statement():
    arn = "arn:aws:lambda:us-east-1:111122223333:layer:tools"
    values = {"action": "lambda:GetLayerVersion", "layer_name": arn, "version_number": 3, "principal": "*"}
    _, file = read([resource("aws_lambda_layer_version_permission.p", values)])
    assert data(file.policies[0].node)["Statement"][0]["Resource"] == f"{arn}:3"


def test_a_plan_for_what_is_deployed_names_its_resources_by_their_arns():
    """As Terraform writes a plan after the first apply: with the ARNs and ids that AWS gave, and no references."""
    account, region = "111122223333", "eu-west-1"
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    trust_policy = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role, policy = f"arn:aws:iam::{account}:role/worker", f"arn:aws:iam::{account}:policy/read"
    document = json.dumps({"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]})
    function = f"arn:aws:lambda:{region}:{account}:function:f"
    uri = f"arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{function}/invocations"
    of_api = {"rest_api_id": "a1", "resource_id": "p1", "http_method": "GET"}
    root = {
        "resources": [
            resource("aws_iam_role.r", {"name": "worker", "arn": role, "assume_role_policy": trust_policy}),
            resource("aws_iam_policy.p", {"name": "read", "arn": policy, "id": policy, "policy": document}),
            resource("aws_iam_role_policy_attachment.a", {"role": "worker", "policy_arn": policy}),
            resource("aws_lambda_function.f", {"function_name": "f", "arn": function, "role": role}),
            resource("aws_api_gateway_rest_api.orders", {"name": "orders", "id": "a1"}),
            resource("aws_api_gateway_resource.p", {"path_part": "list", "parent_id": "root", "id": "p1"}),
            resource("aws_api_gateway_method.m", {**of_api, "authorization": "NONE"}),
            resource("aws_api_gateway_integration.i", {**of_api, "uri": uri}),
        ]
    }
    text = json.dumps({"terraform_version": "1.13.0", "planned_values": {"root_module": root}})
    read_account = read_template_account("plan.json", text, ParameterValues())
    assert read_account.gaps == ()
    (worker,), (called,) = read_account.roles, read_account.functions
    assert (worker.arn, [attached.arn for attached in worker.policies]) == (role, [policy])
    assert (called.arn, called.role_arn) == (function, role)
    assert [(route.api, route.route) for route in called.open_routes] == [("orders", "GET /list")]


def test_what_is_known_only_after_apply_is_not_evaluated():
    _, file = read(
        [resource("aws_s3_bucket_policy.p", {}), resource("aws_s3_bucket_policy.q", {"policy": json.dumps(POLICY)})],
        [
            change("aws_s3_bucket_policy.p", ["create"], {}, {"policy": True, "id": True}),
            change("aws_s3_bucket_policy.q", ["create"], {"policy": "x"}, {"id": True}),
        ],
    )
    assert [each.name for each in file.policies] == ["aws_s3_bucket_policy.q"]
    (gap,) = file.not_evaluated
    assert (gap.kind, gap.subject.name) == (NotEvaluatedKind.UNDECIDABLE, "aws_s3_bucket_policy.p")
    assert gap.what == "policy of aws_s3_bucket_policy.p"


def test_what_is_deleted_does_not_count():
    deleted = change("aws_iam_policy.old", ["delete"], None)
    made = change("aws_iam_policy.new", ["delete", "create"], {"policy": json.dumps(POLICY)})
    _, file = read(changes=[deleted, made])
    assert [each.name for each in file.policies] == ["aws_iam_policy.new"]


def test_data_sources_are_no_resources():
    _, file = read([resource("data.aws_iam_policy.x", {"policy": json.dumps(POLICY)}, mode="data")])
    assert file.policies == ()


def test_malformed_json_has_the_place_of_its_text():
    text, file = read([resource("aws_iam_policy.p", {"policy": "{"}), resource("aws_iam_policy.q", {"policy": "[,"})])
    line = text.splitlines()[file.syntax_error.location.line - 1]
    assert line.strip() == '"policy": "{"'
    assert [each.kind for each in file.not_evaluated] == [NotEvaluatedKind.FAILED]


@pytest.mark.parametrize(
    "values",
    [
        [],
        {"resources": [None, 1, {}, {"type": []}]},
        {"resources": {"type": "aws_iam_policy", "values": 1}},
        {"resources": [{"type": "aws_iam_role", "values": {"inline_policy": 1, "managed_policy_arns": "a"}}]},
        {"resources": [{"type": "aws_iam_role", "values": {"assume_role_policy": []}}]},
        {"resources": [{"type": "aws_lambda_permission", "values": {"principal": {}, "action": []}}]},
        {"resources": [{"type": "aws_iam_policy_attachment", "values": {"policy_arn": {}, "roles": {"a": 1}}}]},
    ],
)
def test_what_is_no_plan_gives_no_policies_or_odd_ones(values):
    change = {"type": "aws_iam_policy", "change": {"actions": "x", "after": 1, "after_unknown": 2}}
    for plan in ({"planned_values": {"root_module": values}}, {"planned_values": values, "resource_changes": [change]}):
        text = json.dumps(plan)
        read_plan("plan.json", read_json(text, "plan.json").documents[0], text, ParameterValues())
