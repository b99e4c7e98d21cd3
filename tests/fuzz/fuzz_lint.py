"""Readers and rules fed with texts that coverage finds: `make fuzz-lint`, for as long as `-max_total_time` says.

The first byte chooses the format. Whatever a text holds, nothing may raise, and no rule may fail.
"""

from __future__ import annotations

import sys
from datetime import date

import atheris

with atheris.instrument_imports(include=["iamglue"]):
    from iamglue.findings import NotEvaluatedKind
    from iamglue.lint.autofix import apply_fixes
    from iamglue.lint.rule_table import import_all_rules
    from iamglue.lint.run import lint_file
    from iamglue.lint.selection import RuleSelection
    from iamglue.policy.parsed_policy import ParameterValues, PolicyType
    from iamglue.policy.source.nodes import MAX_LENGTH
    from iamglue.readers.policy_texts import read_policies
    from iamglue.readers.templates import cloudformation, sam, serverless
    from iamglue.readers.terraform import configuration, plan

    # What is imported later would not be watched.
    import_all_rules()
    LAZY = (cloudformation, sam, serverless, configuration, plan)

PATHS = ("policy.json", "policy.yaml", "template.yaml", "serverless.yml", "main.tf", "plan.json")
TYPES = (None, *PolicyType)
TODAY = date(2026, 1, 1)


def one_input(data: bytes) -> None:
    """Read, lint and mend one text."""
    if len(data) < 2:
        return
    text = data[2:].decode("utf-8", "replace")
    path, kind = PATHS[data[0] % len(PATHS)], TYPES[data[1] % len(TYPES)]
    if len(text) > MAX_LENGTH // 16:
        return

    def read(new: str):
        return read_policies(path, new, kind, ParameterValues())

    report = lint_file(read(text), RuleSelection(pedantic=True), TODAY)
    failed = [
        gap for gap in report.not_evaluated if gap.kind is NotEvaluatedKind.FAILED and gap.what.startswith("the rule")
    ]
    if failed:
        raise AssertionError(failed)
    if any(finding.fix for finding in report.findings):
        apply_fixes(text, read, RuleSelection(), TODAY, unsafe=True)


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
