"""Elements of a list, and mappings that are made in branches, need not have the same members, in both languages."""

from __future__ import annotations

import pytest

from iamglue.infer.code.access import infer_access
from iamglue.infer.code.calls import CodeFile
from iamglue.infer.code.javascript.reader import read_javascript
from iamglue.infer.code.python.reader import read_python

PYTHON = """\
import boto3
events, s3, functions = boto3.client("events"), boto3.client("s3"), boto3.client("lambda")


def handler(event, context):
    {}
"""
JAVASCRIPT = """\
import {{ EventBridge }} from "@aws-sdk/client-eventbridge";
import {{ Lambda }} from "@aws-sdk/client-lambda";
import {{ S3 }} from "@aws-sdk/client-s3";
const events = new EventBridge({{}}), functions = new Lambda({{}}), s3 = new S3({{}});
export const handler = async (event) => {{
    {}
}};
"""


def python_access(*lines):
    text = PYTHON.format("\n    ".join(lines))
    return {(item.action, item.resource) for item in infer_access(read_python([CodeFile("app.py", text)])).access}


def javascript_access(*lines):
    text = JAVASCRIPT.format("\n    ".join(lines))
    return {(item.action, item.resource) for item in infer_access(read_javascript([CodeFile("a.mjs", text)])).access}


def buses(*names):
    return {("events:PutEvents", name) for name in names}


def test_an_entry_without_a_bus_beside_one_with_a_bus_is_on_the_default_bus():
    entries = ['{"Source": "a", "EventBusName": "own"}', '{"Source": "b"}']
    for listed in (entries, entries[::-1]):
        assert python_access(f"events.put_events(Entries=[{', '.join(listed)}])") == buses("own", "default")
        assert javascript_access(f"await events.putEvents({{Entries: [{', '.join(listed)}]}});") == buses(
            "own", "default"
        )


def test_what_every_entry_has_is_never_absent():
    entries = '[{"Source": "a", "EventBusName": "own"}, {"Source": "b", "EventBusName": "other"}]'
    assert python_access(f"events.put_events(Entries={entries})") == buses("own", "other")
    assert javascript_access(f"await events.putEvents({{Entries: {entries}}});") == buses("own", "other")


@pytest.mark.parametrize(
    "lines",
    [
        ('entry = {"Source": "a"}', 'if event["x"]:', '    entry["EventBusName"] = "own"'),
        ('entry = dict(Source="a")', "for bus in event:", '    entry.update(EventBusName="own")'),
        ('entry = {"Source": "a", "EventBusName": "own"} if event else {"Source": "b"}',),
        ('entry = {"Source": "a", **({"EventBusName": "own"} if event else {"Detail": ""})}',),
    ],
)
def test_a_member_that_is_set_in_a_branch_may_be_absent_in_python(lines):
    assert python_access(*lines, "events.put_events(Entries=[entry])") == buses("own", "default")


@pytest.mark.parametrize(
    "lines",
    [
        ('entry = {"Source": "a"}', 'entry["EventBusName"] = "own"'),
        ('entry = {"Source": "a", "EventBusName": "own"}', "if event:", '    entry["EventBusName"] = "own"'),
        ("for item in event:", '    entry = {"Source": "a"}', '    entry["EventBusName"] = "own"'),
        ("try:", '    entry = {"Source": "a"}', '    entry["EventBusName"] = "own"', "finally:", "    pass"),
    ],
)
def test_a_member_that_is_set_where_the_mapping_is_made_is_there_in_python(lines):
    indent = "    " if lines[0].startswith("for") else ""
    assert python_access(*lines, f"{indent}events.put_events(Entries=[entry])") == buses("own")


@pytest.mark.parametrize(
    "lines",
    [
        ('const entry = {Source: "a"};', 'if (event.x) entry.EventBusName = "own";'),
        ('const entry = {Source: "a"};', 'for (const x of event.list) { entry["EventBusName"] = "own"; }'),
        ('const entry = event.x ? {Source: "a", EventBusName: "own"} : {Source: "b"};',),
        ('const entry = {Source: "a", EventBusName: event.x ? "own" : undefined};',),
        ('const entry = {Source: "a", ...(event.x && {EventBusName: "own"})};',),
    ],
)
def test_a_member_that_is_set_in_a_branch_may_be_absent_in_javascript(lines):
    assert javascript_access(*lines, "await events.putEvents({Entries: [entry]});") == buses("own", "default")


@pytest.mark.parametrize(
    "lines",
    [
        ('const entry = {Source: "a"};', 'entry.EventBusName = "own";'),
        ('const entry = {Source: "a", EventBusName: "own"};', 'if (event.x) entry.EventBusName = "own";'),
        ("if (event.x) {", 'const entry = {Source: "a"};', 'entry.EventBusName = "own";'),
    ],
)
def test_a_member_that_is_set_where_the_object_is_made_is_there_in_javascript(lines):
    end = "}" if lines[0].startswith("if") else ""
    assert javascript_access(*lines, f"await events.putEvents({{Entries: [entry]}}); {end}") == buses("own")


def test_a_member_that_every_branch_sets_is_there():
    python = ['entry = {"Source": "a"}', 'if event["x"]:', '    entry["EventBusName"] = "own"', 'elif event["y"]:']
    python += ['    entry["EventBusName"] = "other"', "else:", '    entry["EventBusName"] = "third"']
    sent = "events.put_events(Entries=[entry])"
    assert python_access(*python, sent) == buses("own", "other", "third")
    assert python_access(*python[:-2], sent) == buses("own", "other", "default")
    script = ['const entry = {Source: "a"};', 'if (event.x) { entry.EventBusName = "own"; }']
    script += ['else if (event.y) { entry.EventBusName = "other"; }', 'else { entry.EventBusName = "third"; }']
    sent = "await events.putEvents({Entries: [entry]});"
    assert javascript_access(*script, sent) == buses("own", "other", "third")
    assert javascript_access(*script[:-1], sent) == buses("own", "other", "default")


VERSIONS = {("s3:GetObject", "b"), ("s3:GetObjectVersion", "b")}


def test_a_call_with_and_without_a_parameter_needs_the_actions_of_both():
    branch = ('options = {"Bucket": "b", "Key": "k"}', "if event:", '    options["VersionId"] = event["v"]')
    assert python_access(*branch, "s3.get_object(**options)") == VERSIONS
    wrapper = ("def read(**options):", "    return s3.get_object(**options)", *branch, "read(**options)")
    assert python_access(*wrapper) == VERSIONS
    branch = ('const options = {Bucket: "b", Key: "k"};', 'if (event.x) options.VersionId = "1";')
    assert javascript_access(*branch, "await s3.getObject(options);") == VERSIONS


def test_an_argument_that_may_be_absent_is_the_default_then():
    lines = (
        "def call(name, alias='live'):",
        "    functions.invoke(FunctionName=name, Qualifier=alias)",
        'options = {"name": "f"}',
        "if event:",
        '    options["alias"] = "test"',
        "call(**options)",
    )
    assert python_access(*lines) == {("lambda:InvokeFunction", "f:live"), ("lambda:InvokeFunction", "f:test")}
