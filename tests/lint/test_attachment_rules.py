"""Rules about policies attached by name: managed policies and templates of SAM."""

from __future__ import annotations

import pytest

from iamglue.catalog import managed_policies
from iamglue.catalog.tables import table_rows
from iamglue.lint.rules.files import one_click_policy, unknown_managed_policy, unknown_sam_template
from iamglue.policy.parsed_policy import ParameterValues
from iamglue.policy.source.edits import apply_edits
from iamglue.readers.policy_texts import read_policies

RULES = (one_click_policy, unknown_managed_policy, unknown_sam_template)
BAD = [(rule, case) for rule in RULES for case in rule.BAD]
GOOD = [(rule, case) for rule in RULES for case in rule.GOOD]


def hits(rule, text):
    return list(rule.check_file(read_policies("template.json", text, None, ParameterValues())))


def names(rule, text):
    return [hit.node.text for hit in hits(rule, text)]


@pytest.mark.parametrize(("rule", "case"), GOOD)
def test_good_cases_are_left_alone(rule, case):
    assert hits(rule, case.text) == []


@pytest.mark.parametrize(("rule", "case"), BAD)
def test_bad_cases_are_found_and_mended(rule, case):
    (hit,) = hits(rule, case.text)
    if case.fixed is not None:
        assert hit.fix is not None
        assert not hit.fix.safe
        assert apply_edits(case.text, hit.fix.edits) == case.fixed


def function(*policies):
    listed = "\n".join(f"        - {each}" for each in policies)
    return (
        "Transform: AWS::Serverless-2016-10-31\nResources:\n  F:\n    Type: AWS::Serverless::Function\n"
        f"    Properties:\n      Policies:\n{listed}\n"
    )


def sam_hits(rule, *policies):
    return list(rule.check_file(read_policies("template.yaml", function(*policies), None, ParameterValues())))


def test_sam_takes_the_bare_name_of_a_managed_policy():
    assert sam_hits(unknown_managed_policy, "AWSLambdaBasicExecutionRole") == []
    (hit,) = sam_hits(unknown_managed_policy, "AWSLambdaBasicExecutionRol")
    assert hit.help == "did you mean `AWSLambdaBasicExecutionRole`?"


def test_the_partition_may_be_known_at_deployment_only():
    arn = "!Sub arn:${AWS::Partition}:iam::aws:policy/AmazonS3FullAccess"
    assert len(sam_hits(one_click_policy, arn)) == 1
    assert sam_hits(unknown_managed_policy, arn) == []


def test_a_name_that_is_not_known_is_not_reported():
    arn = "!Sub arn:aws:iam::aws:policy/${Name}"
    assert sam_hits(unknown_managed_policy, arn) == []
    assert sam_hits(one_click_policy, arn) == []


def test_other_partitions_may_have_policies_of_their_own():
    assert sam_hits(unknown_managed_policy, "arn:aws-cn:iam::aws:policy/OnlyInChina") == []


@pytest.mark.parametrize("table", ["one_click_policies", "broad_managed_policies"])
def test_the_one_click_policies_are_policies_of_aws(table):
    assert {row["name"] for row in table_rows(table)} <= managed_policies.managed_policy_paths().keys()


def test_a_policy_for_a_whole_service_is_reported_without_a_list_of_names():
    (hit,) = sam_hits(one_click_policy, "arn:aws:iam::aws:policy/AmazonECS_FullAccess")
    assert hit.message.endswith(
        "allows all write and data actions of Amazon Elastic Container Service, on every resource"
    )
    assert hit.help == "allow only the required actions on the required resources, for example ecs:RunTask"


def test_the_list_of_names_is_that_of_the_snapshot():
    found = managed_policies.find_managed_policy("AWSLambda_FullAccess")
    assert found.arn == "arn:aws:iam::aws:policy/AWSLambda_FullAccess"
    assert found.document["Statement"]
    assert all(
        managed_policies.find_managed_policy(name).path == path
        for name, path in managed_policies.managed_policy_paths().items()
    )
    assert managed_policies.find_managed_policy("NoSuchPolicy") is None
