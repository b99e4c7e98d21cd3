"""The files of a suggestion: what names of AWS's may hold does nothing in any of them, and each says what is meant."""

import json
import re
from dataclasses import replace
from pathlib import PurePosixPath

from formats.reading import encoded, hcl_string, terraform, yaml_data
from formats.samples import CONTROLS, prose
from formats.suggested import ALL, BIG, files, hostile, judged
from hypothesis import given
from hypothesis import strategies as st
from support.budget import share
from support.roles_and_needs import attached, case, customer, inline, role

from iamglue.formats.policies.names import file_name
from iamglue.formats.suggestions.suggestion import suggestion_files
from iamglue.model.account import AttachedPolicy
from iamglue.model.role_context import RoleResult
from iamglue.policy.document import policy_data


@share(0.2)
@given(name=prose(CONTROLS))
def test_no_path_leads_out_of_the_folder(name):
    for path in suggestion_files(judged(inline("all", ALL), name=name, function=name)):
        assert re.fullmatch(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*\.(json|md|sh|tf|yaml)|[A-Za-z0-9_/-]+\.[a-z]+", path)
        assert ".." not in PurePosixPath(path).parts


@given(names=st.lists(prose(CONTROLS), unique_by=str.lower, max_size=6))
def test_names_that_differ_give_folders_that_differ(names):
    folders = [file_name(name).lower() for name in names]
    assert len(set(folders)) == len(folders)


@share(0.2)
@given(name=prose(CONTROLS))
def test_terraform_reads_the_names_and_documents_that_are_meant(name):
    found = hostile(name)
    read = terraform(found["terraform/main.tf"])
    ((_, put),) = read["aws_iam_role_policy"].items()
    assert hcl_string(put["role"], {}) == name
    assert encoded(put["policy"], {}) == json.loads(_new(found))
    ((_, inline_names),) = read["aws_iam_role_policies_exclusive"].items()
    assert hcl_string(inline_names["policy_names"][1], {}) == f"{name}-stays"


@share(0.2)
@given(name=prose(CONTROLS))
def test_terraform_gives_the_old_policies_back(name):
    read = terraform(hostile(name)["terraform/rollback/main.tf"])
    ((_, put),) = read["aws_iam_role_policy"].items()
    assert hcl_string(put["name"], {}) == name
    assert encoded(put["policy"], {}) == policy_data(inline("x", ALL).policy)
    ((_, arns),) = read["aws_iam_role_policy_attachments_exclusive"].items()
    assert [hcl_string(each, {}) for each in arns["policy_arns"]] == [f"arn:aws:iam::123456789012:policy/{name}"]


@share(0.2)
@given(name=prose(CONTROLS))
def test_cloudformation_reads_the_names_and_documents_that_are_meant(name):
    found = hostile(name)
    ((_, put),) = yaml_data(found["cloudformation/template.yaml"])["Resources"].items()
    assert put["Type"] == "AWS::IAM::RolePolicy"
    assert put["Properties"]["RoleName"] == name
    assert put["Properties"]["PolicyDocument"] == json.loads(_new(found))
    ((_, old),) = yaml_data(found["cloudformation/rollback.yaml"])["Resources"].items()
    assert old["Properties"]["PolicyName"] == name
    assert old["Properties"]["PolicyDocument"] == policy_data(inline("x", ALL).policy)


def _new(found):
    (name,) = [each for each in found if each.startswith("policy-")]
    return found[name]


@share(0.2)
@given(name=prose(CONTROLS))
def test_nothing_in_the_words_is_markup_or_obeyed_by_a_terminal(name):
    text = hostile(name)["change.md"]
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202e]", text)
    prose_only = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", text)
    assert "<script" not in prose_only
    assert "javascript" not in prose_only


def test_a_dynamic_reference_gets_no_template_and_the_words_say_so():
    found = files(inline("{{resolve:ssm:x}}", ALL))
    assert not [each for each in found if each.startswith("cloudformation")]
    assert "dynamic reference" in found["change.md"]
    assert "apply.sh" in found


def test_the_words_say_how_much_goes():
    text = files(customer("wide", ALL))["change.md"]
    assert re.search(r"\*\*\d+ actions -> 1\*\*", text)
    assert "`arn:aws:iam::123456789012:policy/wide` is detached" in text


def test_an_old_document_is_kept_to_the_letter_in_ascii():
    text = '{"Statement":  [{"Sid":"", "Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::é*"}] }'
    kept = files(attached("odd", text))["old/odd.json"]
    assert kept == text.replace("é", "\\u00e9")


def test_a_malformed_old_document_can_still_be_put_back():
    found = files(inline("all", ALL), AttachedPolicy("odd", '{"Statement": nonsense ${x}', None))
    assert found["old/odd.json"] == '{"Statement": nonsense ${x}'
    assert "terraform/rollback/main.tf" in found
    assert "is malformed" in found["change.md"]


def test_policies_of_one_name_keep_a_file_each():
    found = files(
        inline("wide", ALL),
        customer("wide", ALL),
        replace(customer("wide", ALL), arn="arn:aws:iam::123456789012:policy/path/wide"),
    )
    assert len([each for each in found if each.startswith("old/")]) == 3


def test_roles_of_several_accounts_are_apart():
    found = suggestion_files(judged(inline("all", ALL)), by_account=True)
    assert {PurePosixPath(each).parts[:2] for each in found} == {("123456789012", "exif-role")}


def test_a_role_that_is_not_deployed_gets_policies_and_no_scripts():
    found = judged(inline("all", ALL))
    planned = replace(found, context=replace(found.context, account=replace(found.context.account, planned=True)))
    paths = {path.partition("/")[2] for path in suggestion_files(planned)}
    assert paths == {"change.md", "old/all.json", "policy-exif-extractor-policy.json"}


def test_without_a_replacement_there_are_no_files():
    assert suggestion_files(RoleResult(case(role(inline("all", ALL)), functions=["f"]))) == {}


def test_managed_policies_are_attached_by_the_list_of_terraform():
    read = terraform(files(customer("wide", ALL), statements=BIG)["terraform/main.tf"])
    ((_, arns),) = read["aws_iam_role_policy_attachments_exclusive"].items()
    assert len(arns["policy_arns"]) == len(read["aws_iam_policy"])
