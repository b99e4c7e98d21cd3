"""Functions and policies of one stack belong to the roles of another one that is read with it."""

from __future__ import annotations

import json

import pytest

QUEUE_ARN = {"Fn::GetAtt": ["Queue", "Arn"]}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
QUEUE = {"Type": "AWS::SQS::Queue"}


def role(on, action="SEND"):
    """A role that may write logs, and send to a queue; `SEND` is filled in by `written`."""
    logs = {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": "*"}
    send = {"Effect": "Allow", "Action": action, "Resource": on}
    policy = {"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": [logs, send]}}
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {"AssumeRolePolicyDocument": TRUST, "Policies": [policy]},
    }


def policy(name, on):
    document = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "SEND", "Resource": on}],
    }
    return {
        "Type": "AWS::IAM::Policy",
        "Properties": {"PolicyName": "more", "PolicyDocument": document, "Roles": [name]},
    }


def worker(of, queue):
    properties = {"FunctionName": "worker", "Role": of, "DeadLetterConfig": {"TargetArn": queue}}
    return {"Type": "AWS::Lambda::Function", "Properties": properties}


def stack(file, **parameters):
    return {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": file, "Parameters": parameters}}


def template(outputs=None, parameters=(), exports=None, **resources):
    named = {name: {"Value": value} for name, value in (outputs or {}).items()}
    named |= {f"E{name}": {"Value": value, "Export": {"Name": name}} for name, value in (exports or {}).items()}
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Parameters": {name: {"Type": "String"} for name in parameters},
        "Resources": resources,
        "Outputs": named,
    }


def output(of, name):
    return {"Fn::GetAtt": [of, f"Outputs.{name}"]}


def imported(name):
    return {"Fn::ImportValue": name}


ROLE_ARN, ROLE_NAME = {"Fn::GetAtt": ["Role", "Arn"]}, {"Ref": "Role"}
SEND, NOTHING = "sqs:SendMessage", "sqs:GetQueueUrl"
NESTED = {
    "the role is in the nested stack": (
        template(Queue=QUEUE, N=stack("n.json", Q=QUEUE_ARN), F=worker(output("N", "RoleArn"), QUEUE_ARN)),
        {"n.json": template({"RoleArn": ROLE_ARN}, ["Q"], Role=role({"Ref": "Q"}))},
    ),
    "the role is in the parent": (
        template(Queue=QUEUE, Role=role(QUEUE_ARN), N=stack("n.json", R=ROLE_ARN, Q=QUEUE_ARN)),
        {"n.json": template(None, ["Q", "R"], F=worker({"Ref": "R"}, {"Ref": "Q"}))},
    ),
    "the role is in a sibling": (
        template(Queue=QUEUE, A=stack("a.json", R=output("B", "RoleArn"), Q=QUEUE_ARN), B=stack("b.json", Q=QUEUE_ARN)),
        {
            "a.json": template(None, ["Q", "R"], F=worker({"Ref": "R"}, {"Ref": "Q"})),
            "b.json": template({"RoleArn": ROLE_ARN}, ["Q"], Role=role({"Ref": "Q"})),
        },
    ),
    "the role is two levels below": (
        template(Queue=QUEUE, N=stack("n.json", Q=QUEUE_ARN), F=worker(output("N", "RoleArn"), QUEUE_ARN)),
        {
            "n.json": template({"RoleArn": output("M", "RoleArn")}, ["Q"], M=stack("m.json", Q={"Ref": "Q"})),
            "m.json": template({"RoleArn": ROLE_ARN}, ["Q"], Role=role({"Ref": "Q"})),
        },
    ),
    "a policy of the nested stack": (
        template(
            Queue=QUEUE,
            Role=role(QUEUE_ARN, NOTHING),
            N=stack("n.json", R=ROLE_NAME, Q=QUEUE_ARN),
            F=worker(ROLE_ARN, QUEUE_ARN),
        ),
        {"n.json": template(None, ["Q", "R"], P=policy({"Ref": "R"}, {"Ref": "Q"}))},
    ),
}
STACKS = {
    "the role is exported": {
        "a.json": template(exports={"role": ROLE_ARN}, Role=role(imported("queue"))),
        "b.json": template(exports={"queue": QUEUE_ARN}, Queue=QUEUE, F=worker(imported("role"), QUEUE_ARN)),
    },
    "a third stack has the queue": {
        "a.json": template(exports={"role": ROLE_ARN}, Role=role(imported("queue"))),
        "b.json": template(F=worker(imported("role"), imported("queue"))),
        "c.json": template(exports={"queue": QUEUE_ARN}, Queue=QUEUE),
    },
    "the role has a name": {
        "a.json": template(
            Role={**role(imported("queue")), "Properties": {**role(imported("queue"))["Properties"], "RoleName": "it"}}
        ),
        "b.json": template(
            exports={"queue": QUEUE_ARN},
            Queue=QUEUE,
            F=worker({"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/it"}, QUEUE_ARN),
        ),
    },
    "a policy for an exported role": {
        "a.json": template(exports={"role": ROLE_NAME, "arn": ROLE_ARN}, Role=role(QUEUE_ARN, NOTHING)),
        "b.json": template(Queue=QUEUE, P=policy(imported("role"), QUEUE_ARN), F=worker(imported("arn"), QUEUE_ARN)),
    },
}


def written(files, granted=True):
    """The files as texts; roles and policies allow sending, or something else."""
    action = SEND if granted else NOTHING
    return {name: json.dumps(value).replace('"SEND"', json.dumps(action)) for name, value in files.items()}


@pytest.fixture
def report(iamglue, tmp_path):
    def audited(files, *paths):
        for name, text in files.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        templates = [argument for path in paths for argument in ("--template", tmp_path / path)]
        return json.loads(iamglue("audit", *templates, "--format", "json").stdout)

    return audited


def missing(report):
    return [finding["subject"]["name"] for finding in report["findings"] if finding["rule"] == "missing-access"]


@pytest.mark.parametrize("granted", [True, False])
@pytest.mark.parametrize("form", NESTED)
def test_a_function_is_compared_with_the_role_of_another_nested_stack(report, form, granted):
    parent, children = NESTED[form]
    result = report(written({"t.json": parent, **children}, granted), "t.json")
    assert result["not_evaluated"] == []
    assert missing(result) == ([] if granted else ["worker"])


@pytest.mark.parametrize("granted", [True, False])
@pytest.mark.parametrize("form", STACKS)
def test_a_function_is_compared_with_the_role_of_another_stack(report, form, granted):
    result = report(written(STACKS[form], granted), *STACKS[form])
    assert result["not_evaluated"] == []
    assert missing(result) == ([] if granted else ["worker"])


@pytest.mark.parametrize("form", STACKS)
def test_what_belongs_to_a_role_that_is_not_read_is_not_evaluated(report, form):
    reasons = [item["reason"] for item in report(written(STACKS[form]), "b.json")["not_evaluated"]]
    assert reasons
    assert all(reason.startswith("its role, `") for reason in reasons)


def test_roles_of_two_stacks_with_the_same_logical_id_are_not_confused(report):
    files = {
        "a.json": template(exports={"role": ROLE_ARN}, Role=role(QUEUE_ARN, NOTHING)),
        "b.json": template(
            Queue=QUEUE, Role=role("*"), F=worker(imported("role"), QUEUE_ARN), G=worker(ROLE_ARN, QUEUE_ARN)
        ),
    }
    assert missing(report(written(files), *files)) == ["worker"]


def test_conditions_of_both_stacks_are_cases(report):
    conditions = {"IsProd": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}}
    send = {"Fn::If": ["IsProd", SEND, NOTHING]}
    files = {
        "a.json": template(exports={"role": ROLE_ARN}, Role=role(imported("queue"), send)) | {"Conditions": conditions},
        "b.json": template(exports={"queue": QUEUE_ARN}, Queue=QUEUE, F=worker(imported("role"), QUEUE_ARN)),
    }
    (finding,) = (
        finding for finding in report(written(files), *files)["findings"] if finding["rule"] == "missing-access"
    )
    assert finding["message"].endswith("(if the condition `IsProd` is false)")


def test_what_is_exported_on_a_condition_is_a_case(report):
    conditions = {
        "IsProd": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]},
        "IsTest": {"Fn::Not": [{"Condition": "IsProd"}]},
    }
    exports = template(Role=role(imported("queue")), Other=role("*", NOTHING))
    for name, (condition, of) in {"A": ("IsProd", "Role"), "B": ("IsTest", "Other")}.items():
        value = {"Fn::GetAtt": [of, "Arn"]}
        exports["Outputs"][name] = {"Condition": condition, "Value": value, "Export": {"Name": "role"}}
    files = {
        "a.json": exports | {"Conditions": conditions},
        "b.json": template(exports={"queue": QUEUE_ARN}, Queue=QUEUE, F=worker(imported("role"), QUEUE_ARN)),
    }
    result = report(written(files), *files)
    messages = [finding["message"] for finding in result["findings"] if finding["rule"] == "missing-access"]
    assert [message.partition("(if ")[2] for message in messages] == ["the condition `IsTest` is true)"]
    assert result["not_evaluated"] == []


def test_a_role_that_is_exported_on_a_condition_may_not_be_there(report):
    exports = template(Role=role("*"))
    exports["Outputs"]["A"] = {"Condition": "IsProd", "Value": ROLE_ARN, "Export": {"Name": "role"}}
    files = {
        "a.json": exports | {"Conditions": {"IsProd": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}}},
        "b.json": template(Queue=QUEUE, F=worker(imported("role"), QUEUE_ARN)),
    }
    (gap,) = report(written(files), *files)["not_evaluated"]
    assert gap["reason"].startswith("its role, `")


@pytest.mark.parametrize(("named", "followed"), [("admin-*", True), ("adm?n-main", True), ("other-*", False)])
def test_escalation_is_followed_to_the_roles_of_another_stack_that_a_pattern_matches(report, named, followed):
    arn = {"Fn::Sub": f"arn:aws:iam::${{AWS::AccountId}}:role/{named}"}
    account = {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}}
    trust = {"Version": "2012-10-17", "Statement": [{**TRUST["Statement"][0], "Principal": account}]}
    properties = {"RoleName": "admin-main", "AssumeRolePolicyDocument": trust}
    properties["ManagedPolicyArns"] = ["arn:aws:iam::aws:policy/AdministratorAccess"]
    files = {
        "a.json": template(Role=role(arn, "sts:AssumeRole"), F=worker(ROLE_ARN, QUEUE_ARN), Queue=QUEUE),
        "b.json": template(Admin={"Type": "AWS::IAM::Role", "Properties": properties}),
    }
    rules = {finding["rule"]: finding["message"] for finding in report(written(files), *files)["findings"]}
    assert ("can assume `admin-main`" in rules.get("privilege-escalation", "")) is followed
