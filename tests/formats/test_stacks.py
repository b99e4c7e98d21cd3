"""CloudFormation, SAM and the Serverless Framework: what a stack would hold is what the JSON policy says."""

import json

import pytest
from formats.reading import (
    cfn,
    expected,
    expected_permissions,
    resolved,
    stack_permissions,
    stack_policies,
)
from formats.samples import DEPLOYED, FULL, HELD, KNOWN, PARAMETRIC, VALUES, bundle, bundles, statement
from hypothesis import given
from support.budget import share
from support.cfn_lint import cfn_lint_rules

from iamglue.errors import IamglueError
from iamglue.formats.policies.renderer import render_permission_sets


def _assert_same(resources, found, values):
    roles = [name for name, resource in resources.items() if resource["Type"] == "AWS::IAM::Role"]
    assert len(roles) == len(found)
    for role, each in zip(roles, found, strict=True):
        assert stack_policies(resources, role, values) == expected(each, values)
        assert resolved(resources[role]["Properties"]["RoleName"], values) == each.role_name
        prefix = role.removesuffix("Role")
        assert stack_permissions(resources, prefix, values) == expected_permissions(each, values)


@pytest.mark.parametrize("format", ["cloudformation", "sam"])
@share(0.25)
@given(found=bundles(HELD))
def test_a_stack_holds_what_the_json_policies_say(format, found):
    _assert_same(cfn(render_permission_sets(found, format))["Resources"], found, VALUES)


@share(0.25)
@given(found=bundles(DEPLOYED, names=False))
def test_a_serverless_stack_holds_what_the_json_policies_say(found):
    _assert_same(cfn(render_permission_sets(found, "serverless"))["resources"]["Resources"], found, KNOWN)


@share(0.25)
@given(found=bundles(names=False))
def test_serverless_finds_no_variable_of_its_own(found):
    read = cfn(render_permission_sets(found, "serverless"))
    assert "${" not in json.dumps(read["resources"])


LINTED = {
    f"{form}-{name}": (form, permission_sets)
    for name, permission_sets in {
        "full": [FULL],
        "parametric": [PARAMETRIC],
        "several": [FULL, PARAMETRIC, bundle("exif.extractor")],
    }.items()
    for form in ("cloudformation", "sam")
}


@pytest.mark.parametrize("name", LINTED)
def test_cfn_lint_finds_nothing_not_even_a_hint(name):
    form, permission_sets = LINTED[name]
    assert cfn_lint_rules(render_permission_sets(permission_sets, form), hints=True) == []


def test_sam_goes_through_its_translator_with_no_role_of_its_own(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    from samtranslator.translator.transform import transform

    class NoManagedPolicies:
        def load(self):
            return {}

    template = transform(cfn(render_permission_sets([FULL, PARAMETRIC], "sam")), {}, NoManagedPolicies())
    types = [resource["Type"] for resource in template["Resources"].values()]
    assert types.count("AWS::IAM::Role") == types.count("AWS::Lambda::Function") == 2
    role = template["Resources"]["ExifExtractorFunction"]["Properties"]["Role"]
    assert role in ({"Fn::GetAtt": "ExifExtractorRole.Arn"}, {"Fn::GetAtt": ["ExifExtractorRole", "Arn"]})


def test_a_string_without_parameters_is_plain():
    text = render_permission_sets([bundle("f", statement("arn:aws:s3:::b/${aws:username}/*"))], "cloudformation")
    assert '- "arn:aws:s3:::b/${aws:username}/*"' in text
    assert "Sub" not in text


def test_an_iam_variable_beside_a_parameter_is_escaped():
    text = render_permission_sets([bundle("f", statement("arn:aws:s3:::${Name}/${aws:username}/*"))], "cloudformation")
    assert '!Sub "arn:${AWS::Partition}:s3:::${Name}/${!aws:username}/*"' in text


def test_a_whole_arn_parameter_is_a_reference():
    assert "- !Ref QueueArn\n" in render_permission_sets([PARAMETRIC], "cloudformation")


@pytest.mark.parametrize("format", ["cloudformation", "sam", "serverless"])
def test_a_dynamic_reference_is_refused_as_it_has_no_escape(format):
    with pytest.raises(IamglueError, match="dynamic reference"):
        render_permission_sets([bundle("f", statement("arn:aws:s3:::{{resolve:ssm:x}}"))], format)


def test_a_dynamic_reference_in_a_description_is_broken_up():
    text = render_permission_sets([FULL], "cloudformation")
    assert "{{resolve" not in text
    assert "{ {resolve:ssm:x}}" in text


def test_serverless_refuses_a_parameter():
    with pytest.raises(IamglueError, match="deployment parameter"):
        render_permission_sets([PARAMETRIC], "serverless")


def test_serverless_refuses_a_function_that_cannot_be_a_key():
    with pytest.raises(IamglueError, match="letters, digits"):
        render_permission_sets([bundle("a b")], "serverless")


def test_a_condition_key_cannot_hold_a_parameter():
    hostile = statement("*", **{"${Name}": "x"})
    with pytest.raises(IamglueError, match="condition key"):
        render_permission_sets([bundle("f", hostile)], "cloudformation")


def test_serverless_functions_name_their_role_and_permissions_their_function():
    read = cfn(render_permission_sets([FULL], "serverless"))
    assert read["functions"]["exif-extractor"]["role"] == "ExifExtractorRole"
    permission = read["resources"]["Resources"]["ExifExtractorPermission1"]["Properties"]
    assert permission["FunctionName"] == {"Fn::GetAtt": "ExifDashextractorLambdaFunction.Arn"}


@pytest.mark.parametrize("format", ["cloudformation", "sam"])
def test_parameters_and_resources_share_no_name(format):
    from dataclasses import replace

    from iamglue.model.permission_set import DeploymentParameter

    names = ["FRole", "FPermission1", "FPolicy2", "CodeBucket", "FCodeKey", "FFunction"]
    given = replace(FULL, function="f", parameters=tuple(DeploymentParameter(name) for name in names))
    read = cfn(render_permission_sets([given], format))
    assert not set(read["Resources"]) & set(names)
    assert set(names) <= set(read["Parameters"])
    assert len(read["Parameters"]) == len(names) + (4 if format == "sam" else 0)
