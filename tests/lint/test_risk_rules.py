"""Rules about risk: what is allowed in effect counts, not what is written."""

from __future__ import annotations

import json

import pytest

from iamglue.catalog.escalation_paths import escalation_paths
from iamglue.catalog.resource_formats import action_resource_types, resource_type_formats
from iamglue.catalog.sensitive_actions import credential_actions, data_read_actions
from iamglue.catalog.services import find_action
from iamglue.engine.solve.access import access_of
from iamglue.engine.solve.comparison import ComparisonAnswer, compare
from iamglue.lint.rule_table import RULES
from iamglue.policy.parsed_policy import ParameterValues, ParsedPolicy, PolicyType
from iamglue.policy.patterns.wildcards import intersects
from iamglue.policy.source.edits import apply_edits
from iamglue.policy.source.json_reader import read_json
from iamglue.readers.policy_texts import read_policies

MINE = (
    "administrator-access",
    "allow-not-action",
    "allow-not-resource",
    "broad-access",
    "credential-exposure",
    "data-exposure",
    "ineffective-statement",
    "pass-role-wildcard",
    "privilege-escalation",
    "redundant-statement",
    "service-linked-role-wildcard",
)


def allow(actions, resource="*", condition=None, effect="Allow"):
    found = {"Effect": effect, "Action": actions, "Resource": resource}
    return found if condition is None else {**found, "Condition": condition}


def deny(actions, resource="*", condition=None):
    return allow(actions, resource, condition, "Deny")


def written(*statements, indent=None):
    text = json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, indent=indent)
    return ParsedPolicy(read_json(text, "policy.json").documents[0], PolicyType.IDENTITY)


def hits(slug, *statements, indent=None):
    return list(RULES[slug].check(written(*statements, indent=indent)))


PASSED_TO_LAMBDA = {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}


@pytest.mark.parametrize(
    ("slug", "statement", "taken_back"),
    [
        ("broad-access", allow("s3:PutObject"), "s3:Put*"),
        ("broad-access", allow("s3:*"), "s3:*"),
        ("data-exposure", allow("s3:GetObject"), "s3:*"),
        ("credential-exposure", allow("sts:AssumeRole"), "sts:*"),
        ("privilege-escalation", allow("iam:PutRolePolicy"), "iam:Put*"),
        ("privilege-escalation", allow(["iam:PassRole", "lambda:CreateFunction"]), "lambda:Create*"),
        ("administrator-access", allow("*"), "*"),
    ],
)
def test_what_a_deny_takes_back_is_not_reported(slug, statement, taken_back):
    assert len(hits(slug, statement)) == 1
    assert hits(slug, statement, deny(taken_back)) == []
    assert len(hits(slug, statement, deny("ec2:RunInstances"))) == 1


def test_a_deny_on_one_resource_takes_nothing_back():
    assert len(hits("data-exposure", allow("s3:GetObject"), deny("s3:GetObject", "arn:aws:s3:::secrets/*"))) == 1


def test_a_deny_on_all_but_one_resource_confines():
    all_but_one = {"Effect": "Deny", "Action": "sts:AssumeRole", "NotResource": "arn:aws:iam::111122223333:role/reader"}
    assert hits("credential-exposure", allow("sts:AssumeRole"), all_but_one) == []


def test_passing_one_role_to_lambda_is_no_escalation():
    one = allow("iam:PassRole", "arn:aws:iam::111122223333:role/worker", PASSED_TO_LAMBDA)
    every = allow("iam:PassRole", "*", PASSED_TO_LAMBDA)
    assert hits("privilege-escalation", one, allow("lambda:CreateFunction")) == []
    assert len(hits("privilege-escalation", every, allow("lambda:CreateFunction"))) == 1
    assert hits("privilege-escalation", every, allow("ec2:RunInstances")) == []


def test_a_deny_of_other_services_leaves_the_path_that_is_left():
    others = deny("iam:PassRole", "*", {"StringNotEquals": {"iam:PassedToService": "ec2.amazonaws.com"}})
    assert hits("privilege-escalation", allow(["iam:PassRole", "lambda:CreateFunction"]), others) == []
    assert len(hits("privilege-escalation", allow(["iam:PassRole", "ec2:RunInstances"]), others)) == 1


@pytest.mark.parametrize("service", ["lambda.amazonaws.com", ["ec2.amazonaws.com", "lambda.amazonaws.com"]])
def test_passing_any_role_to_named_services_is_left_alone(service):
    condition = {"StringEquals": {"iam:PassedToService": service}}
    assert hits("pass-role-wildcard", allow("iam:PassRole", "*", condition)) == []


@pytest.mark.parametrize(
    "condition",
    [
        {"StringNotEquals": {"iam:PassedToService": "ec2.amazonaws.com"}},
        {"StringLike": {"iam:PassedToService": "*"}},
        {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}},
    ],
)
def test_conditions_that_leave_the_service_open_do_not_help(condition):
    assert len(hits("pass-role-wildcard", allow("iam:PassRole", "*", condition))) == 1


@pytest.mark.parametrize(
    ("resource", "found"),
    [
        ("*", 1),
        ("arn:aws:iam::*:role/*", 1),
        ("arn:aws:iam::111122223333:*", 1),
        ("arn:aws:iam::*:role/Service*", 0),
        ("arn:aws:iam::*:role/worker", 0),
        ("arn:aws:s3:::*", 0),
    ],
)
def test_which_resources_are_any_role(resource, found):
    assert len(hits("pass-role-wildcard", allow("iam:PassRole", resource))) == found


@pytest.mark.parametrize(
    ("resource", "found"),
    [
        ("arn:aws:s3:::*", 1),
        ("arn:aws:s3:::*/*", 1),
        ("arn:aws:*", 1),
        ("arn:aws:s3:::images/*", 0),
        ("arn:aws:s3:::images*", 0),
        ("arn:aws:dynamodb:*:*:table/*", 0),
    ],
)
def test_which_resources_are_all_in_all_but_name(resource, found):
    assert len(hits("broad-access", allow("s3:PutObject", resource))) == found


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ({"StringEquals": {"aws:ResourceTag/team": "a"}}, 0),
        ({"StringEquals": {"aws:PrincipalTag/team": "a"}}, 1),
        ({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, 1),
    ],
)
def test_only_a_condition_on_the_resource_narrows(condition, found):
    assert len(hits("broad-access", allow("ec2:TerminateInstances", "*", condition))) == found


# Each of these was decided by AWS's documentation when lint and audit disagreed.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
@pytest.mark.parametrize(
    "condition",
    [
        {"StringNotEquals": {"aws:ResourceTag/team": "a"}},
        {"StringEqualsIfExists": {"aws:ResourceTag/team": "a"}},
        {"Null": {"aws:ResourceTag/team": "true"}},
    ],
)
def test_a_condition_that_holds_without_its_key_leaves_the_resources_without_it_open(condition):
    assert len(hits("broad-access", allow("ec2:TerminateInstances", "*", condition))) == 1


def test_a_deny_of_all_resources_without_a_tag_takes_back_all_but_the_tagged_ones():
    untagged = {"StringNotEquals": {"s3:ExistingObjectTag/public": "yes"}}
    assert hits("data-exposure", allow("s3:GetObject"), deny("s3:GetObject", "*", untagged)) == []


# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ({"StringLike": {"aws:userid": "AROAEXAMPLE:*"}}, 1),
        ({"StringEquals": {"aws:username": "a"}}, 1),
        ({"ArnLike": {"aws:SourceVpcArn": "arn:aws:ec2:*:*:vpc/vpc-1"}}, 1),
        ({"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}}, 1),
        ({"StringEquals": {"aws:RequestTag/team": "a"}}, 0),
        ({"StringEquals": {"aws:CalledViaFirst": "cloudformation.amazonaws.com"}}, 0),
        ({"Bool": {"aws:PrincipalIsAWSService": "true"}}, 0),
        ({"Bool": {"aws:PrincipalIsAWSService": "false"}}, 1),
        ({"Bool": {"aws:ViaAWSService": "true"}}, 0),
    ],
)
def test_a_condition_on_the_caller_limits_no_resource_unless_no_caller_meets_it(condition, found):
    assert len(hits("broad-access", allow("ec2:TerminateInstances", "*", condition))) == found


@pytest.mark.parametrize("action", ["ec2:RunInstances", "lambda:CreateFunction", "s*:PutObject"])
def test_an_action_of_a_path_that_is_not_open_is_broad(action):
    assert len(hits("broad-access", allow(action))) == 1
    assert hits("privilege-escalation", allow(action)) == []


def test_an_action_of_an_open_path_is_reported_once():
    path = allow(["iam:PassRole", "lambda:CreateFunction"])
    assert len(hits("privilege-escalation", path)) == 1
    assert hits("broad-access", path) == []


def test_an_incomplete_arn_of_one_service_is_not_every_resource_of_another():
    assert len(hits("data-exposure", allow("s3:GetObject", "arn:aws:s3:*"))) == 1
    assert hits("data-exposure", allow("dynamodb:GetItem", "arn:aws:s3:*")) == []


def test_the_rest_of_a_path_counts_on_resources_that_the_action_has():
    every_role = allow("iam:PassRole", "*", {"StringEquals": {"iam:PassedToService": "cloudformation.amazonaws.com"}})
    assert (
        len(
            hits(
                "privilege-escalation",
                every_role,
                allow("cloudformation:CreateStack", "arn:aws:cloudformation:*:*:stack/a/*"),
            )
        )
        == 1
    )
    assert hits("privilege-escalation", every_role, allow("cloudformation:CreateStack", "arn:aws:s3:::images")) == []


def test_a_notaction_may_allow_the_rest_of_a_path():
    every_role = allow("iam:PassRole", "*", PASSED_TO_LAMBDA)
    rest = {"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}
    assert len(hits("privilege-escalation", every_role, rest)) == 1


UNKNOWN = {"Ref": "Table"}


@pytest.mark.parametrize(
    ("rest", "found"),
    [
        (allow("lambda:CreateFunction", UNKNOWN), 1),
        (allow("lambda:CreateFunction", "*", {"StringEquals": {"aws:RequestTag/a": UNKNOWN}}), 1),
        (allow(UNKNOWN, "*"), 0),
    ],
)
def test_what_is_known_only_at_deployment_may_complete_a_path(rest, found):
    template = {"Resources": {"P": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": {}}}}}
    statements = [allow("iam:PassRole", "*", PASSED_TO_LAMBDA), rest]
    template["Resources"]["P"]["Properties"]["PolicyDocument"] = {"Version": "2012-10-17", "Statement": statements}
    (policy,) = read_policies("t.json", json.dumps(template), None, ParameterValues()).policies
    assert len(list(RULES["privilege-escalation"].check(policy))) == found


@pytest.mark.parametrize(("resource", "found"), [("*", 0), (UNKNOWN, 1)])
def test_a_deny_that_is_not_completely_known_takes_nothing_back_and_others_still_do(resource, found):
    statements = [allow("s3:GetObject"), deny("s3:Get*", resource), deny("s3:*", UNKNOWN)]
    document = {"Version": "2012-10-17", "Statement": statements}
    template = {"Resources": {"P": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": document}}}}
    (policy,) = read_policies("t.json", json.dumps(template), None, ParameterValues()).policies
    assert len(list(RULES["data-exposure"].check(policy))) == found


def test_what_takes_only_a_star_is_left_alone():
    names = ["xray:PutTraceSegments", "ec2:DescribeInstances", "s3:ListAllMyBuckets", "ecr:GetAuthorizationToken"]
    assert [slug for slug in MINE if hits(slug, allow(names))] == []


def test_one_fault_is_one_finding():
    assert {slug: len(hits(slug, allow("*"))) for slug in MINE if hits(slug, allow("*"))} == {
        "administrator-access": 1,
        "pass-role-wildcard": 1,
        "service-linked-role-wildcard": 1,
    }
    assert [slug for slug in MINE if hits(slug, allow("dynamodb:*"))] == ["broad-access"]
    assert [slug for slug in MINE if hits(slug, allow("dynamodb:GetItem"))] == ["data-exposure"]


TEAM_A = {"StringEquals": {"aws:PrincipalTag/team": "a"}}


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        (allow("s3:getobject", "arn:aws:s3:::images/in/*"), allow("s3:Get*", "arn:aws:s3:::images/*")),
        (allow("s3:GetObject", "*", TEAM_A), allow("s3:GetObject", "*")),
        (allow("s3:GetObject", "*", TEAM_A), allow("s3:Get*", "*", {"StringLike": {"aws:PrincipalTag/team": "a*"}})),
        (
            allow("s3:GetObject", "*", {"NumericLessThan": {"s3:max-keys": "5"}}),
            allow("s3:GetObject", "*", {"NumericLessThanEquals": {"s3:max-keys": "10"}}),
        ),
        (deny("s3:PutObject", "arn:aws:s3:::images/*"), deny("s3:*", "*")),
    ],
)
def test_a_covered_statement_is_found_under_other_words(narrow, wide):
    for order in ((narrow, wide), (wide, narrow)):
        (hit,) = hits("redundant-statement", *order)
        assert hit.code == ""
        assert json.loads(hit.node.source.text[hit.node.start : hit.node.end]) == narrow


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (allow("s3:GetObject", "*"), allow("s3:Get*", "*", TEAM_A)),
        (allow("s3:GetObject", "*", TEAM_A), allow("s3:Get*", "*", {"StringEquals": {"aws:PrincipalTag/team": "b"}})),
        (allow("s3:GetObject", "*"), deny("s3:*", "*", TEAM_A)),
        (allow("s3:GetObject", "arn:aws:s3:::images/*"), allow("s3:Get*", "arn:aws:s3:::texts/*")),
        (  # to all but StringLike, a star is a star
            deny("s3:GetObject", "*", {"StringEquals": {"aws:PrincipalTag/team": "ab"}}),
            deny("s3:GetObject", "*", {"StringEquals": {"aws:PrincipalTag/team": "a*"}}),
        ),
        (  # AWS's page has it that a list without values holds always
            deny("s3:GetObject", "*", {"StringEquals": {"aws:PrincipalTag/team": []}}),
            deny("s3:GetObject", "*", {"StringEquals": {"aws:PrincipalTag/team": "a"}}),
        ),
        (  # names of resources have their case
            {"Effect": "Deny", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::images/A"},
            {"Effect": "Deny", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::images/a"},
        ),
    ],
)
def test_a_statement_is_not_covered_by_a_narrower_one(one, other):
    assert hits("redundant-statement", one, other) == []


def test_removing_redundant_statements_changes_nothing():
    statements = (
        allow("s3:GetObject", "arn:aws:s3:::images/*"),
        allow(["s3:Get*", "s3:PutObject"], "arn:aws:s3:::images/*"),
        allow("sqs:SendMessage", "*"),
        allow(["S3:GetObject"], ["arn:aws:s3:::images/*"]),
        deny("s3:DeleteObject", "*"),
    )
    policy = written(*statements, indent=2)
    found = list(RULES["redundant-statement"].check(policy))
    assert [hit.fix is not None and hit.fix.safe for hit in found] == [True, True]
    text = policy.node.source.text
    for hit in found:
        assert hit.fix is not None
        changed = ParsedPolicy(read_json(apply_edits(text, hit.fix.edits), "p").documents[0], PolicyType.IDENTITY)
        assert policy.value is not None
        assert changed.value is not None
        old, new = access_of([policy.value]), access_of([changed.value])
        assert compare(old, new).answer is compare(new, old).answer is ComparisonAnswer.NO_NEW_ACCESS


def test_the_deny_that_takes_all_back_is_named_with_its_line():
    (hit,) = hits("ineffective-statement", allow("s3:GetObject"), {**deny("s3:*"), "Sid": "NoS3"}, indent=1)
    assert hit.message == "the Deny `NoS3` at line 9 overrides everything that this statement allows"


def test_denies_together_may_take_all_back():
    (hit,) = hits("ineffective-statement", allow(["s3:GetObject", "sqs:SendMessage"]), deny("s3:*"), deny("sqs:*"))
    assert "together" in hit.message


@pytest.mark.parametrize(
    "other",
    [deny("s3:GetObject", "arn:aws:s3:::images/*"), deny("s3:Put*"), deny("s3:*", "*", TEAM_A)],
)
def test_a_deny_of_a_part_leaves_the_rest_in_effect(other):
    assert hits("ineffective-statement", allow("s3:GetObject"), other) == []


@pytest.mark.parametrize("table", [data_read_actions(), credential_actions()])
def test_sensitive_actions_exist_and_take_the_shape(table):
    for row in table.values():
        found = find_action(row.action)
        assert found is not None, row.action
        assert str(found) == row.action
        assert row.source.startswith("https://docs.aws.amazon.com/")
        assert found.has_no_resource_types or takes(row.action, row.resource_pattern), row.action


def test_escalation_paths_are_of_actions_that_exist():
    paths = escalation_paths()
    assert len({path.id for path in paths}) == len(paths) >= 55
    for path in paths:
        assert all(str(find_action(name)) == name for name in path.actions)
        assert all(takes(name, shape) for name, shape in path.required_on_all), path.id
        assert ("iam:PassRole" in path.actions) == bool(path.passed_to)


def takes(name, shape):
    owner, _, resource = shape.partition(":")
    found = (each for kind in action_resource_types(name).values() for each in resource_type_formats(name, kind))
    return any(each.service == owner and intersects(resource, each.resource_glob()) for each in found)


MALFORMED = (
    '{"Statement": null}',
    '{"Statement": [[], null, 5, {"Effect": "Allow"}]}',
    '{"Statement": {"Effect": "Allow", "Action": null, "NotAction": [], "Resource": {"a": 1}, "Condition": []}}',
    (
        '{"Statement": [{"Effect": "Allow", "Action": ["", ":", "*:", "?", "iam:"], "Resource": ["", "arn:", "a:b"]},'
        ' {"Effect": "Deny", "Action": [":", "**"], "NotResource": [], "Condition": {"StringEquals": "x", "": {}}}]}'
    ),
    (
        '{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"X": {"iam:PassedToService":'
        ' null}}}, {"Effect": "Deny", "NotAction": [], "Resource": "*"}, {"Effect": "Deny", "Action": "*"}]}'
    ),
)


@pytest.mark.parametrize("slug", MINE)
@pytest.mark.parametrize("text", MALFORMED)
def test_malformed_policies_raise_nothing(slug, text):
    for kind in PolicyType:
        list(RULES[slug].check(ParsedPolicy(read_json(text, "policy.json").documents[0], kind)))
