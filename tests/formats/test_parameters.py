"""Parameters of documents: no value can widen a policy."""

import re

import pytest
from formats.reading import cfn
from formats.samples import PARAMETRIC, bundle
from hypothesis import given
from hypothesis import strategies as st
from support.floors import counts, floor

from iamglue.formats.policies.parameters import ANY_TEXT_PATTERN, WHOLE_ARN_PATTERN, parameter_constraints
from iamglue.formats.policies.renderer import render_permission_sets
from iamglue.model.permission_set import DeploymentParameter


@pytest.mark.parametrize("value", ["images", "a/b:c", "$LATEST", "a b", "$aws/things", "{x}", "é"])
def test_an_ordinary_value_is_taken(value):
    assert re.fullmatch(ANY_TEXT_PATTERN, value)


@pytest.mark.parametrize("value", ["", "*", "a*", "?", "${aws:username}", "a${", "$${", "a$", "$"])
def test_a_value_that_could_widen_a_policy_is_refused(value):
    assert not re.search(ANY_TEXT_PATTERN, value)
    assert not re.search(WHOLE_ARN_PATTERN, f"arn:aws:s3:::{value}")


@floor(0.01)
@given(st.text(st.sampled_from("a*?${}")))
def test_what_is_taken_begins_no_variable_and_holds_no_wildcard(value):
    if counts(re.fullmatch(ANY_TEXT_PATTERN, value)):
        assert not re.search(r"[*?]|\$\{", value + "{")


@pytest.mark.parametrize("value", ["images", "arn:aws:s3", "arn:aws:*:::x", "arn:aws:s3:::", "xarn:aws:s3:::b"])
def test_what_is_no_arn_is_no_value_for_an_arn(value):
    assert not re.search(WHOLE_ARN_PATTERN, value)


def test_an_arn_is_a_value_for_an_arn():
    assert re.fullmatch(WHOLE_ARN_PATTERN, "arn:aws-us-gov:sqs:us-gov-west-1:123456789012:jobs")


@pytest.mark.parametrize("format", ["cloudformation", "sam"])
def test_a_template_checks_its_parameters(format):
    found = cfn(render_permission_sets([PARAMETRIC], format))["Parameters"]
    assert (found["Name"]["AllowedPattern"], found["QueueArn"]["AllowedPattern"]) == (
        ANY_TEXT_PATTERN,
        WHOLE_ARN_PATTERN,
    )
    assert "must be an ARN" in found["QueueArn"]["ConstraintDescription"]


def test_a_terraform_variable_checks_itself():
    text = render_permission_sets([PARAMETRIC], "terraform")
    assert f'condition     = can(regex("{ANY_TEXT_PATTERN}", var.Name))' in text
    assert f'condition     = can(regex("{WHOLE_ARN_PATTERN}", var.QueueArn))' in text


def test_a_parameter_of_several_functions_is_declared_once_and_as_an_arn_if_it_is_one_anywhere():
    found = [
        bundle("a", parameters=(DeploymentParameter("X"),)),
        bundle("b", parameters=(DeploymentParameter("X", is_arn=True),)),
    ]
    assert [(each.name, each.pattern) for each in parameter_constraints(found)] == [("X", WHOLE_ARN_PATTERN)]
