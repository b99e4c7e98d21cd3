"""What a template has under a condition only is judged for what it grants, and proves nothing for the other case."""

from __future__ import annotations

import json

import pytest
from support.sam import account_of, function, resource, sam_template

from iamglue.audit.run import audit

PARAMETERS = {"Stage": {"Type": "String"}, "Tracing": {"Type": "String", "AllowedValues": ["on", "off"]}}
CONDITIONS = {
    "IsProd": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]},
    "IsTest": {"Fn::Equals": [{"Ref": "Stage"}, "test"]},
    "IsNotProd": {"Fn::Not": [{"Condition": "IsProd"}]},
    "IsTraced": {"Fn::Equals": [{"Ref": "Tracing"}, "on"]},
    "IsUntraced": {"Fn::Equals": [{"Ref": "Tracing"}, "off"]},
}
NOTHING = {"Ref": "AWS::NoValue"}
ARN = "arn:aws:sqs:eu-west-1:111122223333:"
QUEUE, OTHER_QUEUE = f"{ARN}failures", f"{ARN}others"
AWS_MANAGED = "arn:aws:iam::aws:policy/"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


def when(condition, yes, no=NOTHING):
    return {"Fn::If": [condition, yes, no]}


def statement(action, on="*", effect="Allow"):
    return {"Effect": effect, "Action": action, "Resource": on}


def document(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}


LOGS = document(statement(["logs:CreateLogStream", "logs:PutLogEvents"]))


def role(*policies, **properties):
    named = [{"PolicyName": "logs", "PolicyDocument": LOGS}, *policies]
    return resource("AWS::IAM::Role", AssumeRolePolicyDocument=TRUST, Policies=named, **properties)


def only(*statements):
    return resource("AWS::IAM::Role", AssumeRolePolicyDocument=TRUST, Policies=[inline(*statements)])


def inline(*statements):
    return {"PolicyName": "p", "PolicyDocument": document(*statements)}


def worker(**properties):
    properties = {"Role": {"Fn::GetAtt": ["Role", "Arn"]}, "FunctionName": "worker", **properties}
    return resource("AWS::Lambda::Function", **properties)


def sends_failures(queue=QUEUE):
    return worker(DeadLetterConfig={"TargetArn": queue})


def findings(resources, rule="missing-access", mappings=None, **values):
    """The messages of a rule for a template with these resources."""
    template = sam_template(resources, Parameters=PARAMETERS, Conditions=CONDITIONS, Mappings=mappings or {})
    report = audit([account_of(json.loads(json.dumps(template)), **values)]).report
    assert not report.has_failures
    return [finding.message for finding in report.findings if finding.rule == rule]


def conditions_of(messages):
    """What the messages say of the condition that they depend on."""
    return {"".join(text.rpartition("(if the condition")[1:]) if "(if the" in text else "" for text in messages}


SEND, GET = statement("sqs:SendMessage", QUEUE), statement("s3:GetObject", "arn:aws:s3:::images/*")
GRANTS_IN_PRODUCTION = {
    "an entry of Policies": role(when("IsProd", inline(SEND))),
    "a list of policies": resource(
        "AWS::IAM::Role", AssumeRolePolicyDocument=TRUST, Policies=when("IsProd", [inline(SEND)], [inline(GET)])
    ),
    "a document": role({"PolicyName": "p", "PolicyDocument": when("IsProd", document(SEND), document(GET))}),
    "a statement": role(inline(GET, when("IsProd", SEND))),
    "the action": role(inline(statement(when("IsProd", "sqs:SendMessage", "sqs:GetQueueUrl"), QUEUE))),
    "the resource": role(inline(statement("sqs:SendMessage", when("IsProd", QUEUE, OTHER_QUEUE)))),
    "an item of resources": role(inline(statement("sqs:SendMessage", [OTHER_QUEUE, when("IsProd", QUEUE)]))),
    "a deny": role(inline(SEND, when("IsProd", GET, statement("sqs:*", effect="Deny")))),
    "a managed policy": role(
        ManagedPolicyArns=[when("IsProd", f"{AWS_MANAGED}AmazonSQSFullAccess", f"{AWS_MANAGED}ReadOnlyAccess")]
    ),
    "the boundary": role(inline(SEND), PermissionsBoundary=when("IsNotProd", f"{AWS_MANAGED}ReadOnlyAccess")),
}


@pytest.mark.parametrize("form", GRANTS_IN_PRODUCTION)
def test_access_that_is_granted_in_one_branch_is_missing_in_the_other(form):
    messages = findings({"Role": GRANTS_IN_PRODUCTION[form], "F": sends_failures()})
    (message,) = (text for text in messages if "sqs" in text)
    assert "(if the condition `IsProd` is false)" in message or "(if the condition `IsNotProd` is true)" in message


@pytest.mark.parametrize("form", GRANTS_IN_PRODUCTION)
def test_a_value_that_decides_the_condition_decides_what_is_granted(form):
    resources = {"Role": GRANTS_IN_PRODUCTION[form], "F": sends_failures()}
    messages = [" ".join(findings(resources, Stage=stage)) for stage in ("prod", "dev")]
    assert ["sqs:SendMessage" in text for text in messages] == [False, True]


def test_a_policy_resource_with_a_condition_is_missing_without_it():
    policy = resource("AWS::IAM::Policy", PolicyName="p", PolicyDocument=document(SEND), Roles=[{"Ref": "Role"}])
    resources = {"Role": role(), "Policy": policy | {"Condition": "IsProd"}, "F": sends_failures()}
    (message,) = findings(resources)
    assert message.endswith("(if the condition `IsProd` is false)")


def test_what_both_branches_grant_is_granted():
    granted = when("IsProd", inline(SEND), inline(statement("sqs:*", QUEUE)))
    assert findings({"Role": role(granted), "F": sends_failures()}) == []


def test_what_a_function_needs_in_one_branch_may_be_granted_in_that_branch_only():
    traces = statement(["xray:PutTraceSegments", "xray:PutTelemetryRecords"])
    for grants, missing in (("IsTraced", 0), ("IsUntraced", 1)):
        function = worker(TracingConfig={"Mode": when("IsTraced", "Active", "PassThrough")})
        assert len(findings({"Role": role(when(grants, inline(traces))), "F": function})) == missing


def test_conditions_that_exclude_each_other_are_not_combined():
    resources = {
        "Role": role(when("IsProd", inline(SEND)), when("IsTest", inline(statement("sqs:*", OTHER_QUEUE)))),
        "F": sends_failures(when("IsProd", QUEUE, when("IsTest", OTHER_QUEUE))),
    }
    assert findings(resources) == []


def test_each_role_that_a_function_may_have_is_judged():
    roles = {"Role": role(inline(SEND)), "Poor": role()}
    which = when("IsProd", {"Fn::GetAtt": ["Role", "Arn"]}, {"Fn::GetAtt": ["Poor", "Arn"]})
    (message,) = findings({**roles, "F": worker(Role=which, DeadLetterConfig={"TargetArn": QUEUE})})
    assert message.endswith("(if the condition `IsProd` is false)")


def test_a_role_that_sam_makes_in_one_branch_is_judged_in_that_branch():
    own = when("IsProd", {"Fn::GetAtt": ["Role", "Arn"]})
    (message,) = findings({"Role": role(), "F": function(Role=own, Tracing="Active")})
    assert message.endswith("(if the condition `IsProd` is true)")


def test_the_log_group_of_each_name_that_a_function_may_have_is_needed():
    log_group = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/lambda/one:*"
    logs = statement(["logs:CreateLogStream", "logs:PutLogEvents"], {"Fn::Sub": log_group})
    resources = {"Role": only(logs), "F": worker(FunctionName=when("IsProd", "one", "two"))}
    assert len(findings({**resources, "F": worker(FunctionName="one")})) == 0
    (message,) = findings(resources)
    assert "lambda/two" in message


@pytest.mark.parametrize("branches", [("*", "arn:aws:s3:::images/*"), ("arn:aws:s3:::images/*", "*")])
def test_what_one_branch_grants_too_much_is_reported_with_its_condition(branches):
    statements = statement("s3:*", when("IsProd", *branches))
    conditions = conditions_of(findings({"Role": only(statements)}, "broad-access"))
    assert conditions == {f"(if the condition `IsProd` is {'true' if branches[0] == '*' else 'false'})"}


def test_a_deny_of_one_branch_does_not_hide_what_the_other_grants():
    denied = when("IsProd", statement("s3:*", effect="Deny"))
    messages = findings({"Role": only(statement("s3:*"), denied)}, "broad-access")
    assert conditions_of(messages) == {"(if the condition `IsProd` is false)"}


def test_a_finding_in_every_case_is_one_finding_without_a_condition():
    messages = findings({"Role": only(statement("s3:*"), when("IsProd", GET))}, "broad-access")
    assert conditions_of(messages) == {""}
    assert len(messages) == len(findings({"Role": only(statement("s3:*"))}, "broad-access"))


def test_a_finding_names_the_conditions_that_decide_it_and_no_others():
    wide = when("IsProd", when("IsTraced", statement("s3:*"), GET), GET)
    messages = findings({"Role": only(GET, wide, when("IsTest", GET))}, "broad-access")
    assert conditions_of(messages) == {"(if the condition `IsProd` is true and `IsTraced` is true)"}


def test_a_finding_in_several_cases_that_have_nothing_in_common_names_one_of_them():
    either = [when("IsProd", statement("s3:*")), when("IsTraced", statement("s3:*"))]
    messages = [text for text in findings({"Role": only(GET, *either)}, "broad-access") if "74 actions" in text]
    assert messages
    assert all("if the condition `Is" in text for text in messages)


def test_more_combinations_than_are_evaluated_are_reported():
    conditions = {f"C{number}": {"Fn::Equals": [{"Ref": f"P{number}"}, "x"]} for number in range(6)}
    policies = [when(name, inline(statement("s3:GetObject", f"arn:aws:s3:::{name}/*"))) for name in conditions]
    template = sam_template({"Role": role(*policies)}, Conditions=conditions)
    assert ["there are too many; 16 of them" in gap.reason for gap in account_of(template).gaps] == [True]


MAPPINGS = {"Stages": {"prod": {"Queue": QUEUE}, "test": {"Queue": OTHER_QUEUE}, "dev": {"Queue": OTHER_QUEUE}}}


def looked_up(parameter="Stage"):
    return {"Fn::FindInMap": ["Stages", {"Ref": parameter}, "Queue"]}


def test_a_value_that_is_looked_up_is_granted_for_its_key_only():
    resources = {"Role": role(inline(statement("sqs:SendMessage", looked_up()))), "F": sends_failures()}
    (message,) = findings(resources, mappings=MAPPINGS)
    assert message.endswith("(if the condition `Stage = prod` is false)")


def test_a_function_and_its_role_look_up_the_same_key():
    resources = {"Role": role(inline(statement("sqs:SendMessage", looked_up()))), "F": sends_failures(looked_up())}
    assert findings(resources, mappings=MAPPINGS) == []


def test_a_look_up_and_a_condition_on_the_same_parameter_agree():
    granted = when("IsProd", QUEUE, OTHER_QUEUE)
    resources = {"Role": role(inline(statement("sqs:SendMessage", granted))), "F": sends_failures(looked_up())}
    assert findings(resources, mappings=MAPPINGS) == []


UNKNOWN = statement({"Ref": "Actions"}, QUEUE)
MANAGED = resource("AWS::IAM::ManagedPolicy", PolicyDocument=document(UNKNOWN))


@pytest.mark.parametrize(
    "resources",
    [
        {"Role": role(inline(UNKNOWN))},
        {"Role": role(ManagedPolicyArns=[{"Ref": "Managed"}]), "Managed": MANAGED},
        {
            "Role": role(),
            "Managed": resource("AWS::IAM::ManagedPolicy", **MANAGED["Properties"], Roles=[{"Ref": "Role"}]),
        },
    ],
    ids=["inline", "attached", "attaching"],
)
def test_a_statement_whose_actions_are_not_known_may_grant_what_is_needed(resources):
    template = sam_template({**resources, "F": sends_failures()})
    report = audit([account_of(template)]).report
    assert "missing-access" not in {finding.rule for finding in report.findings}
    assert any("not all policies of the role are known" in gap.reason for gap in report.not_evaluated)
