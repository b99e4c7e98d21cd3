"""`lint` of a file that is cut off, empty or no JSON at all says where it is malformed, and never that it is clean."""

from __future__ import annotations

import json

import pytest

BROKEN = [
    ("{", "p.json", (1, 2)),
    ("[", "p.json", (1, 2)),
    ("", "p.json", (1, 1)),
    (" \n", "p.json", (2, 1)),
    ("\ufeff{", "p.json", (1, 2)),
    ('{"a": ', "p.json", (1, 7)),
    ('{"a": 1}}', "p.json", (1, 9)),
    ("}{", "p.json", (1, 1)),
    ("{{", "p.json", (1, 2)),
    ("hello world", "p.json", (1, 1)),
    ("<html></html>", "p.json", (1, 1)),
    ("// why\n{", "p.json", (1, 1)),
    ('{"a": 1}\n{"b"', "p.json", (2, 1)),
    ("{", "main.tf.json", (1, 2)),
    ("{", "p.yaml", (1, 2)),
    ("[", "p.yml", (1, 2)),
    ("Resources:\n  A: {", "p.yaml", (2, 7)),
    ('name: "x', "p.yaml", (1, 7)),
    ("{", "main.tf", (1, 1)),
    ('resource "aws_s3_bucket" "b" {\n', "main.tf", (1, 31)),
    ('locals {\n  name = "x\n', "main.tf", (2, 12)),
    ("{", "policy", (1, 2)),
]
OTHER = [
    ("{}", "p.json"),
    ("[1, 2]", "p.json"),
    ("null", "p.json"),
    ('// settings\n{"a": "http://x", /* b */ "c": [1,],}', "tsconfig.json"),
    ('{"a": 1}\n{"b": 2}\n', "log.json"),
    ('{"a": {{ cookiecutter.name }}', "template.json"),
    ("{{- if .Values.x }}\na: b\n{{- end }}\n", "helm.yaml"),
    ("a: b  # :( \n", "p.yaml"),
    ("", "p.yaml"),
    ("", "main.tf"),
    ("# :(\nlocals {}\n", "main.tf"),
]


@pytest.fixture
def lint(iamglue, tmp_path, monkeypatch):
    """Lint a file with a text: the exit code, and the place of each syntax error."""
    monkeypatch.chdir(tmp_path)

    def run(text, name, *paths):
        (tmp_path / name).write_text(text, encoding="utf-8")
        result = iamglue("lint", *(paths or (name,)), "--format", "json")
        found = [finding for finding in json.loads(result.stdout)["findings"] if finding["rule"] == "syntax-error"]
        return result.exit_code, [(item["location"]["line"], item["location"]["column"]) for item in found]

    return run


@pytest.mark.parametrize(("text", "name", "place"), BROKEN)
def test_a_broken_file_is_an_error_with_its_place(lint, text, name, place):
    assert lint(text, name) == (1, [place])


@pytest.mark.parametrize(("text", "name"), OTHER)
def test_a_file_of_another_tool_is_no_error(lint, text, name):
    assert lint(text, name) == (0, [])


def test_a_broken_file_in_a_directory_is_an_error_too(lint):
    assert lint("{", "p.json", ".") == (1, [(1, 2)])
