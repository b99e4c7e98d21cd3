"""JSON and YAML: one part of a bundle as a bare document."""

import json
import subprocess
import sys

import pytest
import yaml
from formats.samples import CONTROLS, EVERY_PERMISSION, FULL, PARAMETRIC, bundle, bundles, texts
from hypothesis import given
from hypothesis import strategies as st
from support.budget import share
from support.rows import every_row

from iamglue.errors import IamglueError
from iamglue.formats.policies.renderer import DOCUMENT_FORMATS, FORMATS, permission_set_files, render_permission_sets
from iamglue.formats.policies.yaml_writer import yaml_text
from iamglue.formats.words.single_document import DOCUMENT_KINDS
from iamglue.model.permission_set import CounterpartPolicy, InvokePermission
from iamglue.policy.document import policy_data, policy_json

FUNCTION_ARN = "arn:aws:lambda:eu-west-1:123456789012:function:exif-extractor"


def test_json_is_the_canonical_policy():
    assert render_permission_sets([FULL], "json") == policy_json(FULL.policies[0].policy)


@share(0.2)
@given(found=bundles(names=False))
def test_yaml_says_what_json_says(found):
    for each in found:
        for part in DOCUMENT_KINDS:
            assert documents(each, part, "json", json.loads) == documents(each, part, "yaml", yaml.safe_load)


def test_yaml_refuses_a_parameter_without_a_value_as_json_does():
    peer = CounterpartPolicy("the role ${a}", FULL.policies[0].policy)
    refused = documents(bundle(counterparts=(peer,)), "peers", "json", json.loads)
    assert "'the role ${a}' contains a parameter without a value" in refused
    assert documents(bundle(counterparts=(peer,)), "peers", "yaml", yaml.safe_load) == refused


def documents(each, part, written, read):
    """What the files of a part say; the error if they cannot be written."""
    try:
        return [read(text) for text in permission_set_files(each, written, part).values()]
    except IamglueError as error:
        return error.message


@given(
    st.recursive(
        texts(CONTROLS) | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts(CONTROLS), inner, max_size=3),
    )
)
def test_any_plain_data_comes_back_from_yaml(data):
    assert yaml.safe_load(yaml_text(data)) == data


@every_row("word", ["yes", "No", "ON", "null", "~", "1e3", "0x1", "2012-10-17", "12:30", "", "*", "a: b", "a #b", "-"])
def test_a_string_that_yaml_would_read_as_something_else_is_quoted(word):
    assert yaml_text([word]) == f'- "{word}"\n'


def test_a_long_string_is_not_folded():
    arn = "arn:aws:s3:::" + "x" * 300 + " y " + "z" * 300
    assert yaml_text([arn]).count("\n") == 1


def test_permissions_are_the_policy_that_lambda_writes():
    read = json.loads(render_permission_sets([FULL], "json", "permissions"))
    assert (read["Version"], read["Id"]) == ("2012-10-17", "default")
    assert [each["Principal"] for each in read["Statement"]] == [
        {"Service": "s3.amazonaws.com"},
        {"Service": "alexa-appkit.amazon.com"},
        "*",
        "*",
        {"AWS": "arn:aws:iam::210987654321:root"},
    ]
    assert [each.get("Condition") for each in read["Statement"]] == [
        {
            "ArnLike": {"AWS:SourceArn": "arn:aws:s3:::images"},
            "StringEquals": {"AWS:SourceAccount": "123456789012"},
        },
        {"StringEquals": {"lambda:EventSourceToken": "amzn1.ask.skill"}},
        {"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}},
        {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}},
        None,
    ]
    assert {resource for each in read["Statement"] for resource in each["Resource"]} == {FUNCTION_ARN}
    assert [each["Sid"] for each in read["Statement"]] == [each.statement_id for each in EVERY_PERMISSION]


def test_a_principal_arn_is_an_aws_principal():
    role = "arn:aws:iam::210987654321:role/caller"
    found = bundle("f", invoke_permissions=(InvokePermission("Id", "lambda:InvokeFunction", role),))
    assert json.loads(render_permission_sets([found], "json", "permissions"))["Statement"][0]["Principal"] == {
        "AWS": role
    }


def test_peers_are_a_list_of_where_and_policy():
    read = json.loads(render_permission_sets([FULL], "json", "peers"))
    assert read == [{"where": peer.where, "policy": policy_data(peer.policy)} for peer in FULL.counterparts]


def test_a_function_that_needs_nothing_has_a_policy_without_statements():
    assert json.loads(render_permission_sets([bundle("f", policies=())], "json")) == {
        "Version": "2012-10-17",
        "Statement": [],
    }


def test_a_split_policy_asks_for_a_directory():
    split = bundle("f", policies=FULL.policies * 2)
    with pytest.raises(IamglueError, match="2 managed policies"):
        render_permission_sets([split], "json")
    assert sorted(permission_set_files(split, "json")) == ["f.policy-1.json", "f.policy-2.json"]


def test_json_of_several_functions_asks_for_one():
    with pytest.raises(IamglueError, match="can contain one function"):
        render_permission_sets([FULL, FULL], "yaml")


@pytest.mark.parametrize("name", ["../x", "a/b", "", "a b"])
def test_a_name_that_is_no_file_name_is_refused(name):
    with pytest.raises(IamglueError, match="is not a valid file name"):
        permission_set_files(bundle(name), "json")


def test_what_only_a_deployment_knows_is_refused():
    with pytest.raises(IamglueError, match="contains a parameter without a value"):
        permission_set_files(PARAMETRIC, "json", "permissions")


@pytest.mark.parametrize("format", sorted(DOCUMENT_FORMATS))
def test_a_document_has_no_parts_to_choose(format):
    with pytest.raises(IamglueError, match="in one document"):
        render_permission_sets([FULL], format, "trust")


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_bundle_gives_the_same_bytes_that_end_in_one_line_end(format):
    text = render_permission_sets([FULL], format)
    assert text == render_permission_sets([FULL], format)
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert "\r" not in text
    assert not any(line.endswith(" ") for line in text.splitlines())


def test_json_and_yaml_do_without_jinja2():
    script = "import sys, iamglue.formats.policies.renderer as p; sys.exit('jinja2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
