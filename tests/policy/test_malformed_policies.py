"""Every fault of a document is named, with its place, in one run."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.policy_strategies import POLICIES
from support.rows import every_row

from iamglue.errors import IamglueError, MultipleErrors
from iamglue.policy.document import policy_json, read_policy

GOOD = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}


def _faults(text: str, path: str = "p.json") -> list[str]:
    with pytest.raises(IamglueError) as caught:
        read_policy(text, path)
    error = caught.value
    return [str(each) for each in (error.problems if isinstance(error, MultipleErrors) else (error,))]


def _statement(without: str = "", **elements: object) -> str:
    statement = {name: value for name, value in (GOOD | elements).items() if name != without}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_the_statement_that_the_other_cases_break_is_well_formed():
    assert len(read_policy(_statement(), "p.json").statements) == 1


@every_row(
    "text, message, hint",
    [
        (json.dumps([GOOD]), "expected a policy document, found a list", '"Statement": [...]'),
        ('"Allow"', "expected a policy document, found a string", '"Statement": [...]'),
        ('{"Version": "2012-10-17"}', "the policy has no `Statement`", '"Statement": [...]'),
        ('{"Statements": []}', "`Statements` is not a valid element", "did you mean `Statement`?"),
        ('{"Version": "2012-10-71", "Statement": []}', "`2012-10-71` is not a valid policy version", "2012-10-17"),
        ('{"Version": 2012, "Statement": []}', "`Version` must be a string, found `2012`", ""),
        ('{"Statement": ["Allow"]}', "expected a statement", ""),
        (
            _statement("Action", Actions="s3:GetObject"),
            "`Actions` is not a valid element of a statement",
            "did you mean `Action`?",
        ),
        (
            _statement("Resource", resource="*"),
            "`resource` is not a valid element of a statement",
            "did you mean `Resource`?",
        ),
        (
            _statement("Effect", effect="Allow"),
            "`effect` is not a valid element of a statement",
            "did you mean `Effect`?",
        ),
        (_statement(Foo="bar"), "`Foo` is not a valid element of a statement", "Sid, Effect"),
        (_statement("Effect"), "the statement has no `Effect`", "Allow or Deny"),
        (_statement("Action"), "the statement has no `Action`", "service:Name"),
        (_statement("Resource"), "the statement has no `Resource`", '"Resource": "*"'),
        (_statement(Effect="allow"), "found `allow`", "did you mean `Allow`?"),
        (_statement(Effect="Permit"), "found `Permit`", "write Allow or Deny"),
        (_statement(Effect=["Allow"]), "`Effect` must be a string, found a list", ""),
        (_statement(Action=7), "`Action` must be a string, found `7`", ""),
        (_statement(Action={"s3": "GetObject"}), "`Action` must be a string, found a map", ""),
        (_statement(Action=["s3:GetObject", ["s3:PutObject"]]), "`Action` must be a string, found a list", ""),
        (_statement(Action="GetObject"), "`GetObject` is not a valid action", "service:Name"),
        (_statement(Resource=None), "`Resource` must be a string, found `null`", ""),
        (_statement(Resource=True), "`Resource` must be a string, found `true`", ""),
        (_statement(NotAction="s3:PutObject"), "the statement has both `Action` and `NotAction`", "keep one"),
        (_statement(NotResource="*"), "the statement has both `Resource` and `NotResource`", "keep one"),
        (_statement(Sid=5), "`Sid` must be a string, found `5`", ""),
        (_statement(Principal="arn:aws:iam::1:root"), '`Principal` must be "*" or a map', ""),
        (_statement(Principal={"Aws": "*"}), "`Aws` is not a valid element of `Principal`", "did you mean `AWS`?"),
        (_statement(Condition=[]), "`Condition` must be a map of operators, found a list", ""),
        (_statement(Condition={"Bool": "x"}), "`Bool` must be a map of condition keys, found a string", ""),
        (_statement(Condition={"Bool": {"a:b": {}}}), "`a:b` must be a string, found a map", ""),
        (_statement(Condition={"StringEqual": {}}), "operator `StringEqual`", "did you mean `StringEquals`?"),
        (
            _statement(Condition={"ForAnyValues:StringLikes": {}}),
            "operator `ForAnyValues:StringLikes`",
            "did you mean `ForAnyValue:StringLike`?",
        ),
        (_statement(Condition={"NullIfExists": {}}), "operator `NullIfExists`", "remove IfExists"),
        (_statement(Condition={"xyz": {}}), "operator `xyz`", "valid operators include"),
        (
            _statement(Condition={"Bool": {"a:b": "true"}, "bool": {"a:b": "false"}}),
            "`Bool` on `a:b` is listed twice",
            "",
        ),
    ],
)
def test_a_fault_is_named_and_the_right_word_given(text, message, hint):
    faults = _faults(text)
    assert len(faults) == 1, faults
    assert message in faults[0]
    assert hint in faults[0]
    assert faults[0].startswith("p.json:1:")


def test_a_document_broken_in_five_ways_gives_five_faults_in_the_order_of_the_text():
    text = """{
  "Version": "2012-10-18",
  "Statement": [
    {"Effect": "allow", "Actions": "s3:GetObject", "Resource": "*"},
    {"Effect": "Deny", "Action": "s3:*", "Resource": [1], "Resource": "*"}
  ]
}"""
    assert [fault.partition(": ")[0] for fault in _faults(text)] == [
        "p.json:2:14",
        "p.json:4:16",
        "p.json:4:25",
        "p.json:5:55",
        "p.json:5:59",
    ]


@every_row(
    "text, place, message",
    [
        ("", "1:1", "empty"),
        (" \n\n", "3:1", "empty"),
        ("{", "1:2", "the text ends inside the { of line 1"),
        ('{"Statement": [\n{"Effect":\n', "3:1", "the text ends inside the { of line 2; expected a value"),
        ('{"a": "b', "1:7", "a string is not closed"),
        ('{"a": "b\nc"}', "1:9", "not allowed in a string"),
        (r'{"a": "\x"}', "1:8", "not allowed in a string"),
        ('{"a": 1,}', "1:9", "not allow one after the last item"),
        ('["a",]', "1:6", "not allow one after the last item"),
        ('{"a" 1}', "1:6", "expected `:` after the key"),
        ('{"a": 1 "b": 2}', "1:9", "expected `,` or the closing bracket"),
        ("{'a': 1}", "1:2", "write double quotes"),
        ('{"a": 1} {"b": 2}', "1:10", "expected the end of the text"),
        ('{"a": 1 // why\n}', "1:9", "does not allow comments"),
        ('{"a": [1}', "1:9", "found `}`"),
        ("[1]]", "1:4", "found `]`, expected the end of the text"),
        ('{"a": 01}', "1:7", "found `0`"),
        ('{"a": NaN}', "1:7", "found `N`"),
        ("{1: 2}", "1:2", "a key in quotes"),
        ("[:]", "1:2", "found `:`"),
        ("[,]", "1:2", "found `,`"),
        ("[" * 200_000, "1:101", "more than 100 levels"),
        ('{"a":' * 200_000, "1:501", "more than 100 levels"),
    ],
)
def test_malformed_json_is_refused_where_it_goes_wrong(text, place, message):
    (fault,) = _faults(text)
    assert fault.startswith(f"p.json:{place}: ")
    assert message in fault


def test_a_document_of_ten_megabytes_is_refused_before_it_is_read():
    (fault,) = _faults(json.dumps([GOOD] * 150_000))
    assert "the limit is 1,048,576" in fault


def test_a_byte_order_mark_is_passed_over():
    assert read_policy("\ufeff" + _statement(), "-") == read_policy(_statement(), "-")


def test_a_tag_in_yaml_is_refused():
    text = "Statement:\n  Effect: Allow\n  Action: s3:GetObject\n  Resource: !Sub arn:x\n"
    (fault,) = _faults(text, "p.yaml")
    assert fault == "p.yaml:4:13: `Resource` must be a string, found the tag `!Sub`"


@given(POLICIES, st.data())
def test_a_truncated_policy_is_an_error_and_never_a_crash(policy, data):
    text = policy_json(policy).rstrip()
    cut = data.draw(st.integers(0, len(text) - 1))
    assert _faults(text[:cut])


@given(POLICIES, st.data())
def test_a_policy_with_a_character_changed_is_read_or_refused(policy, data):
    text = policy_json(policy)
    at = data.draw(st.integers(0, len(text) - 1))
    changed = text[:at] + data.draw(st.characters()) + text[at + 1 :]
    with suppress(IamglueError):
        read_policy(changed, "p.json")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


@given(JSON)
def test_whatever_the_standard_library_writes_is_read_by_the_grammar_of_json(value):
    from iamglue.policy.source.json_reader import read_json

    (node,) = read_json(json.dumps(value, indent=1), "p").documents
    assert _plain(node) == value


def _plain(node):
    match node.kind.value:
        case "map":
            return {key.text: _plain(value) for key, value in node.pairs}
        case "list":
            return [_plain(item) for item in node.items]
        case _:
            return json.loads(node.text) if node.plain else node.text


@given(JSON)
def test_the_place_of_every_node_is_where_its_text_stands(value):
    from iamglue.policy.source.json_reader import read_json

    text = json.dumps(value, indent=2)
    lines = text.split("\n")
    for node in read_json(text, "p").documents[0].walk():
        begin = sum(len(line) + 1 for line in lines[: node.line - 1]) + node.column - 1
        end = sum(len(line) + 1 for line in lines[: node.end_location.line - 1]) + node.end_location.column - 1
        part = json.loads(text[begin:end])
        assert part == _plain(node)


def test_flow_style_in_a_yaml_file_is_yaml():
    assert read_policy("{Version: 2012-10-17, Statement: []}", "p.yaml").version == "2012-10-17"
    (fault,) = _faults("{Version: 2012-10-17, Statement: []}", "p.json")
    assert "malformed JSON" in fault


def test_thousands_of_unknown_elements_are_all_named_and_the_right_word_sought_for_the_first():
    faults = _faults(json.dumps({"Statement": [], **{f"Statement{number}": 1 for number in range(5000)}}))
    assert len(faults) == 5000
    assert "did you mean `Statement`?" in faults[0]
    assert "did you mean" not in faults[-1]
