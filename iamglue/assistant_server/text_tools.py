"""The tools that check and fix a text: a policy, a template, Terraform or a spec."""

from __future__ import annotations

from collections import Counter
from typing import Any

from iamglue.api import functions as api
from iamglue.assistant_server.arguments import PolicyTypeName, RuleNames, SourceKind, SourceText, Unsafe
from iamglue.assistant_server.results import ToolAnswer
from iamglue.findings import Finding, Report, Severity
from iamglue.formats.reports.report_json import report_data

# In every answer: `clean` is said of no more than this.
_SCOPE = "this text alone: policies in files that it names, such as modules and nested templates, are not checked"
_NOTHING = (
    "; no policy was found, reading it as kind `{}`: pass the content of a file and not its path, and its kind, "
    "which is policy, template, terraform or spec"
)


def lint_text(
    text: SourceText,
    kind: SourceKind = "policy",
    policy_type: PolicyTypeName = None,
    select: RuleNames = None,
    ignore: RuleNames = None,
) -> ToolAnswer:
    """Check the IAM policies in a text: mistakes, access that is broader than needed, and security risks.

    `verdict` is `findings`, `clean`, `incomplete` if something could not be evaluated, or `nothing-checked` if the text
    has no policy. Each finding has its rule, severity, line and help, and the fix if there is one. Only this
    text is checked, and no file that it names.
    """
    report = api.lint_text(text, _path(text, kind), type=policy_type, select=select or (), ignore=ignore or ())
    data = report_data(report)
    return ToolAnswer(
        {"verdict": _verdict(report), "checked": _scope_note(report, kind), **_counts(report)},
        {"findings": data["findings"], "not_evaluated": data["not_evaluated"]},
    )


def fix_text(
    text: SourceText,
    kind: SourceKind = "policy",
    unsafe: Unsafe = False,
    policy_type: PolicyTypeName = None,
    select: RuleNames = None,
    ignore: RuleNames = None,
) -> ToolAnswer:
    """Fix the problems that `lint_text` finds, and return the whole new text with what was changed.

    Only safe fixes are applied: those of which it is proved that the policy allows nothing new. `unsafe` applies the
    others too; show the user what they change. `verdict` is that of the new text.
    """
    path = _path(text, kind)
    result = api.fix_text(text, path, unsafe=unsafe, type=policy_type, select=select or (), ignore=ignore or ())
    report = api.lint_text(result.text, path, type=policy_type, select=select or (), ignore=ignore or ())
    data = report_data(report)
    answer = {
        "changed": result.text != text,
        "applied": len(result.applied),
        "not_proved": len(result.unproved),
        "verdict": _verdict(report),
        "checked": _scope_note(report, kind),
        **_counts(report),
    }
    quoted = {
        "applied": [_fix_data(finding) for finding in result.applied],
        "not_proved": [_fix_data(finding) for finding in result.unproved],
        "findings": data["findings"],
        "not_evaluated": data["not_evaluated"],
    }
    return ToolAnswer(answer, quoted, {"text": result.text})


def _path(text: str, kind: str) -> str:
    """The name of a file of this kind: readers decide by it between the syntaxes."""
    is_json = text.lstrip("\ufeff \t\r\n").startswith(("{", "["))
    if kind == "terraform":
        return "main.tf.json" if is_json else "main.tf"
    return f"{kind}.json" if is_json else f"{kind}.yaml"


def _verdict(report: Report) -> str:
    """The answer in one word. A text without policies is not clean: nothing of it was checked."""
    if report.findings:
        return "findings"
    if report.not_evaluated:
        return "incomplete"
    return "clean" if report.policy_count else "nothing-checked"


def _scope_note(report: Report, kind: str) -> str:
    return _SCOPE + (_NOTHING.format(kind) if _verdict(report) == "nothing-checked" else "")


def _counts(report: Report) -> dict[str, Any]:
    """The numbers of policies and findings, and of what was suppressed or not evaluated."""
    severities = Counter(finding.severity for finding in report.findings)
    return {
        "policies": report.policy_count,
        "findings": {severity.value: severities[severity] for severity in Severity},
        "suppressed": report.suppressed_count,
        "not_evaluated": len(report.not_evaluated),
    }


def _fix_data(finding: Finding) -> dict[str, Any]:
    """What was fixed, or would have been; the message quotes the text that was given."""
    fix = finding.fix
    return {
        "rule": finding.rule,
        "message": finding.message,
        "line": finding.span.line,
        "description": fix.description if fix else None,
        "safe": fix.safe if fix else None,
    }
