"""In real files the cursor's context agrees with the readers, which parse the whole text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from architecture.source_tree import ROOT

from iamglue.inputs.parsed_files import read_file_for_lint
from iamglue.language_server.context_at import context_at
from iamglue.language_server.cursor_context import DocumentSyntax
from iamglue.language_server.policy_elements import PolicyElement, policy_element
from iamglue.policy.parsed_policy import ParameterValues, ParsedPolicy
from iamglue.policy.source.nodes import Node

CORPUS = ROOT / "tests" / "corpus" / "templates"
SYNTAXES = {
    ".json": DocumentSyntax.JSON,
    ".yaml": DocumentSyntax.YAML,
    ".yml": DocumentSyntax.YAML,
    ".tf": DocumentSyntax.HCL,
}
MAX_LENGTH = 12_000


def parts(policy: ParsedPolicy) -> Iterator[tuple[PolicyElement, Node]]:
    """The texts of a policy that the editor completes and explains."""
    yield from ((PolicyElement.ACTION, node) for _, node in policy.actions)
    yield from ((PolicyElement.RESOURCE, node) for _, node in policy.resources)
    for _, condition in policy.conditions:
        yield PolicyElement.CONDITION_KEY, condition.key
        yield PolicyElement.OPERATOR, condition.operator_node


def written_parts(path: Path) -> Iterator[tuple[PolicyElement, Node, int]]:
    """The parts of a file's policies that stand in its text as they are, with the offset of their middle."""
    text = path.read_text(encoding="utf-8")
    file = read_file_for_lint(str(path), text, type=None, parameter_values=ParameterValues())
    for policy in file.policies:
        for element, node in parts(policy):
            start, end = node.source.file_offset(node.start), node.source.file_offset(node.end)
            # aws_lambda_permission has an argument `action`, which is not that of a statement.
            is_of_permission = path.suffix == ".tf" and node.text == "lambda:InvokeFunction"
            if node.source.is_editable and text[start:end].strip("\"'") == node.text and not is_of_permission:
                yield element, node, (start + end) // 2


@pytest.mark.parametrize(("suffix", "least"), [(".json", 60), (".yaml", 300), (".yml", 40), (".tf", 100)])
def test_the_cursor_is_where_the_reader_says(suffix, least):
    count = 0
    for path in sorted(CORPUS.rglob(f"*{suffix}")):
        text = path.read_text(encoding="utf-8")
        for element, node, offset in written_parts(path) if len(text) <= MAX_LENGTH else ():
            context = context_at(text, offset, SYNTAXES[suffix])
            where = f"{path}:{node.line}: {node.text}"
            assert (policy_element(context), text[context.start : context.end]) == (element, node.text), where
            typed = context_at(text[:offset], offset, SYNTAXES[suffix])  # nothing is written after the cursor yet
            assert (policy_element(typed), typed.start) == (element, context.start), where
            count += 1
    assert count >= least
