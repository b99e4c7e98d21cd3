"""Terraform: what python-hcl2 and, where it is installed, terraform itself read is what the JSON policy says."""

import json
import re
import shutil
import subprocess
from dataclasses import replace

import hcl2
import pytest
from formats.reading import encoded, expected, expected_permissions, hcl_string, terraform
from formats.samples import CONTROLS, FULL, HELD, PARAMETRIC, VALUES, bundle, bundles, statement, texts
from hypothesis import given
from hypothesis import strategies as st
from support.budget import share
from support.rows import every_row

from iamglue.errors import IamglueError
from iamglue.formats.policies.hcl import expression_lines, string_expression
from iamglue.formats.policies.renderer import render_permission_sets
from iamglue.model.permission_set import DeploymentParameter

FIELDS = [
    "action",
    "principal",
    "source_arn",
    "source_account",
    "event_source_token",
    "function_url_auth_type",
    "invoked_via_function_url",
]
needs_terraform = pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not installed")


@share(0.2)
@given(found=bundles(HELD))
def test_a_file_holds_what_the_json_policies_say(found):
    read = terraform(render_permission_sets(found, "terraform"))
    roles = read["aws_iam_role"]
    assert len(roles) == len(found)
    for name, each in zip(roles, found, strict=True):
        assert hcl_string(roles[name]["name"], VALUES) == each.role_name
        documents = [encoded(roles[name]["assume_role_policy"], VALUES)]
        for kind in ("aws_iam_role_policy", "aws_iam_policy"):
            documents += [encoded(body["policy"], VALUES) for key, body in _of(read, kind, name)]
        assert documents == expected(each, VALUES)
        permissions = [
            tuple(_value(body.get(field)) for field in FIELDS) for _, body in _of(read, "aws_lambda_permission", name)
        ]
        assert permissions == expected_permissions(each, VALUES)


def _of(read, kind, name):
    return [(key, body) for key, body in read.get(kind, {}).items() if re.fullmatch(rf"{name}_\d+", key)]


def _value(found):
    return hcl_string(found, VALUES) if isinstance(found, str) else found


@needs_terraform
@share(0.15)
@given(found=bundles(HELD))
def test_terraform_fmt_changes_nothing(found):
    text = render_permission_sets(found, "terraform")
    done = subprocess.run(["terraform", "fmt", "-"], input=text.encode(), capture_output=True, check=True)
    assert done.stdout.decode() == text


def test_neighbours_of_one_line_are_aligned_and_longer_ones_are_not():
    data = {"A": "x", "Longer": "y", "Many": ["a", "b"], "B": "z"}
    assert expression_lines(data) == [
        "{",
        '  A      = "x"',
        '  Longer = "y"',
        "  Many = [",
        '    "a",',
        '    "b",',
        "  ]",
        '  B = "z"',
        "}",
    ]


@needs_terraform
def test_terraform_itself_evaluates_hostile_strings_to_what_they_were(tmp_path):
    strategy = texts(["${Name}"], [piece for piece in CONTROLS if piece != "\x00"])
    found = [_example(strategy) for _ in range(60)]
    outputs = [f'output "o{number}" {{\n  value = {string_expression(text)}\n}}\n' for number, text in enumerate(found)]
    (tmp_path / "main.tf").write_text('variable "Name" {\n  default = "images"\n}\n' + "".join(outputs), "utf-8")
    run = {"cwd": tmp_path, "capture_output": True}
    subprocess.run(["terraform", "apply", "-auto-approve", "-input=false"], check=True, **run)
    read = json.loads(subprocess.run(["terraform", "output", "-json"], check=True, **run).stdout)
    assert [read[f"o{number}"]["value"] for number in range(len(found))] == [
        text.replace("${Name}", "images") for text in found
    ]


def _example(strategy):
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return strategy.example()


@given(texts(["${Name}"], CONTROLS))
def test_a_string_comes_back(text):
    assert hcl_string(string_expression(text), VALUES) == text.replace("${Name}", "images")


@every_row(
    "text, written",
    [
        ("${aws:username}", '"$${aws:username}"'),
        ("%{if true}", '"\\u0025{if true}"'),
        ("${", '"\\u0024{"'),
        ("", '""'),
        ("${Name}", "var.Name"),
        ("a-${Name}", '"a-${var.Name}"'),
        ("$${Name}", '"\\u0024${var.Name}"'),
        ("${*}", '"$${*}"'),
        ('"\\', '"\\"\\\\"'),
        ("a\nb", '"a\\nb"'),
        ("${AWS::Region}", "data.aws_region.current.region"),
        ("${version}", "var.version_"),
    ],
)
def test_each_escape(text, written):
    assert string_expression(text) == written


def test_a_pseudo_parameter_that_terraform_has_not_is_refused():
    with pytest.raises(IamglueError, match="StackName"):
        render_permission_sets([bundle("f", statement("arn:aws:s3:::${AWS::StackName}"))], "terraform")


def test_only_the_data_sources_that_are_used_are_declared():
    assert 'data "' not in render_permission_sets([FULL], "terraform")
    text = render_permission_sets([PARAMETRIC], "terraform")
    assert [name for name in ("aws_region", "aws_caller_identity", "aws_partition") if f'data "{name}"' in text] == [
        "aws_region",
        "aws_caller_identity",
        "aws_partition",
    ]


def test_a_parameter_named_like_a_meta_argument_is_renamed():
    given = replace(bundle("f", statement("arn:aws:s3:::${count}")), parameters=(DeploymentParameter("count"),))
    text = render_permission_sets([given], "terraform")
    assert 'variable "count_" {' in text
    assert "${var.count_}" in text


@share(0.3)
@given(st.lists(texts(), min_size=1, max_size=4))
def test_hostile_names_stay_in_their_comments_and_strings(names):
    found = [bundle(name) for name in dict.fromkeys(names)]
    read = hcl2.loads(render_permission_sets(found, "terraform"))
    assert set(read) <= {"resource", "output", "__comments__", "__inline_comments__"}
    assert len(read["resource"]) == 2 * len(found)
