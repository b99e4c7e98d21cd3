"""The Python API: docs/api.md is run, and `import iamglue` imports nothing but itself."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest
from docs.write_docs import ROOT
from support.rows import every_row

import iamglue

PAGE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
POLICY = """{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": ["s3:GetObjekt", "s3:Get*"], "Resource": "arn:aws:s3:::bkt/*"}]}"""


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_an_example_of_the_page_runs(example, monkeypatch):
    monkeypatch.chdir(ROOT)
    exec(compile(example, "docs/api.md", "exec"), {})


def test_the_page_names_every_function():
    functions = [name for name in iamglue.__all__ if name[0].islower()]
    assert [name for name in functions if f"`{name}`" not in PAGE] == []


@every_row("name", iamglue.__all__)
def test_a_name_of_the_api_is_there_and_described(name):
    assert getattr(iamglue, name).__doc__


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="iamglue"):
        iamglue.lint_everything  # noqa: B018


def test_importing_the_package_imports_no_other_module():
    code = "import sys; before = set(sys.modules); import iamglue; print(sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['iamglue']"


def test_the_edits_of_a_fix_applied_as_lines_and_columns_give_the_fixed_text():
    (finding,) = iamglue.lint_text(POLICY, select=["unknown-action"]).findings
    lines = POLICY.splitlines(keepends=True)
    (edit,) = finding.fix.text_edits
    assert edit.start[0] == edit.end[0]
    line = lines[edit.start[0] - 1]
    lines[edit.start[0] - 1] = line[: edit.start[1] - 1] + edit.text + line[edit.end[1] - 1 :]
    assert json.loads("".join(lines))["Statement"][0]["Action"] == ["s3:GetObject", "s3:Get*"]


def test_the_edits_of_a_fix_that_is_left_are_those_of_the_fixed_text():
    text = """{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": ["s3:GetObject", "s3:Get*"], "Resource": "*"}, {"Effect": "Allow",
   "Action": "s3:*:a", "Resource": ["arn:aws:s3:*:*:a", "arn:aws:s3:?:*:a"]}]}"""
    fixed = iamglue.fix_text(text)
    assert [finding.rule for finding in fixed.applied] == ["redundant-action"]
    (finding,) = fixed.unproved
    (edit,) = finding.fix.text_edits
    line = fixed.text.splitlines()[edit.start[0] - 1]
    assert edit.start[0] == edit.end[0]
    assert (
        line[: edit.start[1] - 1] + line[edit.end[1] - 1 :]
        == '   "Action": "s3:*:a", "Resource": ["arn:aws:s3:*:*:a"]}]}'
    )


def test_a_fix_in_a_json_report_carries_its_edits(tmp_path):
    (tmp_path / "p.json").write_text(POLICY)
    command = [sys.executable, "-m", "iamglue", "lint", str(tmp_path / "p.json"), "--format", "json"]
    report = json.loads(subprocess.run(command, capture_output=True, text=True, check=False).stdout)
    (fix,) = (finding["fix"] for finding in report["findings"] if finding["rule"] == "unknown-action")
    assert fix["edits"] == [
        {"start": {"line": 2, "column": 34}, "end": {"line": 2, "column": 48}, "text": '"s3:GetObject"'}
    ]


def test_a_fix_of_a_text_with_a_byte_order_mark_changes_the_same_place_and_keeps_the_mark():
    text = '{"Statement": [{"Effect": "Allow", "Action": "s3:GetObjekt", "Resource": "arn:aws:s3:::b/*"}]}'
    fixed = iamglue.fix_text("\ufeff" + text, unsafe=True, select=["unknown-action"])
    assert fixed.text == "\ufeff" + text.replace("Objekt", "Object")


def test_a_fix_writes_no_value_that_would_widen_a_policy():
    with pytest.raises(iamglue.IamglueError, match="widen"):
        iamglue.fix_text(POLICY, parameters={"Bucket": "*"})


def test_an_unknown_policy_type_is_an_error_that_names_the_types():
    with pytest.raises(iamglue.IamglueError, match="identity, resource, trust, scp, rcp"):
        iamglue.lint_text(POLICY, type="idendity")


BARE = "iamglue: 1\nfunction: f\ncalls:\n  - lambda: other\n"
PARAMETERS = "iamglue: 1\nfunction: f\nregion: ${Region}\naccount: '123456789012'\nreads:\n  - s3: ${Bucket}\n"


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ({"account": "12345"}, "`12345` is not a valid account ID"),
        ({"account": "${Account}"}, "`${Account}`"),
        ({"region": "eu-west"}, "`eu-west` is not a valid Region"),
        ({"region": "*"}, r"`*` is not a valid Region"),
        ({"region": "${Region}"}, "`${Region}`"),
        ({"partition": "aws-moon"}, "`aws-moon` is not a valid partition"),
        ({"partition": "aws-cn"}, "Region eu-west-1 is in partition aws, not in aws-cn"),
    ],
)
def test_a_deployment_target_that_cannot_exist_is_an_error(target, words):
    given = {"region": "eu-west-1", "account": "123456789012"} | target
    with pytest.raises(iamglue.IamglueError) as error:
        iamglue.generate_policies(iamglue.parse_spec(BARE), **given)
    assert words in str(error.value)


@pytest.mark.parametrize(
    ("spec", "arguments"),
    [
        (BARE, {}),
        (BARE, {"region": "eu-west"}),
        (PARAMETERS, {}),
        (PARAMETERS, {"parameters": {"Region": "eu-west-1", "Bucket": "*"}}),
        (PARAMETERS, {"parameters": {"Region": "eu-west-1", "Bucket": ""}}),
        (PARAMETERS, {"parameters": {"Region": "eu-west-1", "Buckett": "b"}}),
        (BARE.replace("f\n", "f-${X}\n", 1), {"parameters": {"X": "a b"}}),
    ],
)
def test_an_error_of_the_api_names_no_option_of_the_command_line(spec, arguments):
    with pytest.raises(iamglue.IamglueError) as error:
        iamglue.generate_policies(iamglue.parse_spec(spec), **arguments)
    assert not re.search(r"(?<![\w-])--?[a-z]", str(error.value))
    assert "AWS_REGION" not in str(error.value)


def test_a_region_that_is_a_parameter_gets_its_value():
    values = {"Region": "eu-west-1", "Bucket": "images"}
    (function,) = iamglue.generate_policies(iamglue.parse_spec(PARAMETERS), parameters=values)
    assert "arn:aws:logs:eu-west-1:123456789012:" in iamglue.policy_text(function.policies[0].policy)


def test_a_parameter_that_the_spec_does_not_have_is_an_error():
    values = {"Region": "eu-west-1", "Bucket": "images", "Buckett": "b"}
    with pytest.raises(iamglue.IamglueError, match="did you mean `Bucket`"):
        iamglue.generate_policies(iamglue.parse_spec(PARAMETERS), parameters=values)


@pytest.mark.parametrize("value", ["", " ", "*", "a?", "${b}", 'a"b', "a\\b", "a\nb"], ids=repr)
def test_a_parameter_value_that_could_widen_or_break_a_policy_is_refused_everywhere(value):
    with pytest.raises(iamglue.IamglueError, match=r"^parameter Bucket: ") as of_generate:
        iamglue.generate_policies(iamglue.parse_spec(PARAMETERS), parameters={"Region": "eu-west-1", "Bucket": value})
    with pytest.raises(iamglue.IamglueError) as of_lint:
        iamglue.lint_text(POLICY, parameters={"Bucket": value})
    assert str(of_lint.value) == str(of_generate.value)


def test_one_request_is_no_pattern():
    with pytest.raises(iamglue.IamglueError, match="is one request, not a pattern"):
        iamglue.evaluate_pattern("s3:GetObject", "arn:aws:s3:::bkt/key", iamglue.parse_policy(POLICY))


def test_a_pattern_is_decided_over_all_layers():
    identity, boundary = (
        iamglue.parse_policy(POLICY.replace("bkt/*", resource)) for resource in ("bkt/*", "bkt/public/*")
    )
    result = iamglue.evaluate_pattern("s3:GetObject", "arn:aws:s3:::bkt/*", identity, boundary=boundary)
    assert result.answer == "some"
    assert result.allowed.request.resource.startswith("arn:aws:s3:::bkt/public/")


def test_an_unknown_keyword_of_a_request_is_an_error():
    with pytest.raises(TypeError, match="boundry"):
        iamglue.evaluate_request("s3:GetObject", "arn:aws:s3:::bkt/key", boundry=iamglue.parse_policy(POLICY))


GOOD = iamglue.parse_policy(POLICY)
CALLS = {
    "a text": iamglue.parse_policy,
    "a path": iamglue.load_spec,
    "a policy": iamglue.policy_text,
    "policies": lambda value: iamglue.compare_policies(GOOD, value),
    "a list of policies": lambda value: iamglue.evaluate_request("s3:GetObject", "*", GOOD, scps=value),
    "a spec": iamglue.generate_policies,
    "values of parameters": lambda value: iamglue.fix_text(POLICY, parameters=value),
    "condition keys": lambda value: iamglue.evaluate_request("s3:GetObject", "*", GOOD, context=value),
    "paths of code": iamglue.infer_code,
    "a number": lambda value: iamglue.compact_policy(GOOD, value),
}


@pytest.mark.parametrize("value", [b"x", object(), 1.5, True, [5], {"a": 5}], ids=lambda value: type(value).__name__)
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_an_argument_of_a_wrong_type_is_an_error_that_names_it(call, value):
    with pytest.raises(iamglue.IamglueError, match=r"^`\w+` must be .*, not "):
        call(value)


def test_an_error_about_a_policy_says_how_to_read_one():
    with pytest.raises(iamglue.IamglueError) as caught:
        iamglue.compact_policy(POLICY)
    assert caught.value.message == "`policy` must be a Policy, not str"
    assert "iamglue.parse_policy" in (caught.value.hint or "")


def test_a_keyword_that_a_function_does_not_have_is_a_type_error_that_names_the_function():
    with pytest.raises(TypeError, match=r"evaluate_request\(\) got an unexpected keyword argument 'scp'"):
        iamglue.evaluate_request("s3:GetObject", "*", GOOD, scp=GOOD)


def test_a_path_may_be_a_path_object():
    example = ROOT / "examples" / "exif-pipeline"
    spec = iamglue.load_spec(example / "spec.yaml")
    assert iamglue.check_code(spec, example / "function", template=example / "template.yaml").missing == ()
    assert iamglue.lint_file(example / "spec.yaml").findings == ()
