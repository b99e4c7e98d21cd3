"""What every rule says of its bad cases, word for word: kept in expected.json, which `make golden` writes anew.

A change of a message, a place or a fix shows there as a difference to look at.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from lint.more_access_cases import MORE_ACCESS
from lint.more_cases import MORE
from lint.more_condition_cases import MORE_CONDITIONS
from lint.more_principal_cases import MORE_PRINCIPALS
from support.linting import EVERYTHING, TODAY

from iamglue.findings import Finding
from iamglue.inputs.spec_policies import read_spec_policies
from iamglue.lint.rule import RuleExample
from iamglue.lint.rule_table import FILE_RULES, import_all_rules
from iamglue.lint.run import lint_file
from iamglue.lint.selection import RuleSelection
from iamglue.model.parsed_file import ParsedFile
from iamglue.policy.document import read_nodes
from iamglue.policy.parsed_policy import ParameterValues, ParsedPolicy
from iamglue.policy.source.edits import apply_edits
from iamglue.readers.policy_texts import is_spec, read_policies
from iamglue.readers.suppression_comments import suppression_comments

KEPT = Path(__file__).with_name("expected.json")


def document(text: str) -> str:
    """The document of a case: a statement is put into one."""
    if text.lstrip().startswith("{") and '"Statement"' not in text and '"Effect"' in text:
        return f'{{"Version": "2012-10-17", "Statement": [{text}]}}'
    return text


def written(case: RuleExample, text: str) -> ParsedPolicy:
    node = read_nodes(text, _path(text)).documents[0]
    return ParsedPolicy(
        node,
        case.type,
        resource_type=case.resource_type,
        parameter_values=ParameterValues(case.parameter_values, case.trust),
    )


def cases(slug: str) -> tuple[RuleExample, ...]:
    """The bad cases that stand on a rule's page, and more that only tests need."""
    more = (case for table in (MORE, MORE_ACCESS, MORE_CONDITIONS, MORE_PRINCIPALS) for case in table.get(slug, ()))
    return (*import_all_rules()[slug].BAD, *more)


def said(slug: str, case: RuleExample) -> list[dict[str, Any]]:
    """What a rule finds in a case, as plain data."""
    file = case_file(slug, case)
    selection = EVERYTHING if slug in FILE_RULES else RuleSelection(frozenset({slug}))
    report = lint_file(file, selection, TODAY)
    assert not report.has_failures, report.not_evaluated
    return [_plain(finding, file.text) for finding in report.findings if finding.rule == slug]


@cache
def expected() -> dict[str, list[list[dict[str, Any]]]]:
    """What is kept: for each rule and bad case, the findings."""
    kept: dict[str, list[list[dict[str, Any]]]] = json.loads(KEPT.read_text(encoding="utf-8"))
    return kept


def write() -> None:
    """Keep what the rules say now, one line for each finding."""
    rules = {slug: [said(slug, case) for case in cases(slug)] for slug in import_all_rules()}
    lines = (f"{json.dumps(slug)}: {_list(map(_list_of_findings, of_cases))}" for slug, of_cases in rules.items())
    KEPT.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def _list_of_findings(findings: list[dict[str, Any]]) -> str:
    return _list(json.dumps(each, ensure_ascii=False) for each in findings)


def _list(items: Iterable[str]) -> str:
    return "[\n" + ",\n".join(items) + "\n]"


def _path(text: str) -> str:
    return "policy.json" if text.lstrip()[:1] in ("{", "[") else "policy.yaml"


def case_file(slug: str, case: RuleExample) -> ParsedFile:
    """The file of a case, as the rule sees it."""
    return _whole(case) if slug in FILE_RULES else _one(case)


def _one(case: RuleExample) -> ParsedFile:
    text = document(case.text)
    return ParsedFile(_path(text), text, (written(case, text),))


def _whole(case: RuleExample) -> ParsedFile:
    path, settings = _path(case.text), ParameterValues(case.parameter_values, case.trust)
    if is_spec(case.text):
        return read_spec_policies(path, case.text, settings)
    file = read_policies(path, case.text, None, settings)
    file.suppressions = suppression_comments(path, case.text)
    return file


def _plain(finding: Finding, text: str) -> dict[str, Any]:
    place, fix = finding.span, finding.fix
    said = {
        "code": finding.access_analyzer,
        "message": finding.message,
        "help": finding.help,
        "pointer": place.pointer,
        "at": f"{place.line}:{place.column}-{place.end_line}:{place.end_column}",
    }
    if fix is not None:
        said |= {"fix": fix.description, "safe": fix.safe, "fixed": apply_edits(text, fix.edits)}
    return {key: value for key, value in said.items() if value not in (None, "")}
