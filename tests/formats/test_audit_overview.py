"""The overview of an audit: what makes a role risky stands before what the role lacks."""

from __future__ import annotations

from dataclasses import replace

import pytest
from formats.audit_samples import audit

from iamglue.findings import NotEvaluated, NotEvaluatedKind, Severity, Subject
from iamglue.formats.reports.audit_markdown import audit_markdown
from iamglue.formats.reports.audit_overview import audit_overview


def test_the_finding_that_makes_a_role_risky_is_its_first_one_even_if_another_is_an_error():
    result = audit(1)
    lacking, risky = result.role_results[0].findings[:2]
    lacking = replace(lacking, rule="missing-access", severity=Severity.ERROR, message="the function needs more")
    risky = replace(risky, rule="privilege-escalation", severity=Severity.SECURITY_WARNING, message="it can do all")
    role = replace(result.role_results[0], findings=(lacking, risky), rule_risks={"privilege-escalation": 90})
    lines = audit_overview(replace(result, role_results=(role,)))
    assert lines.index("it can do all") < lines.index("the function needs more")


@pytest.mark.parametrize(("columns", "width"), [(60, 60), (80, 80), (200, 80), (10, 48)])
def test_no_line_is_wider_than_the_terminal_and_none_is_wider_than_80_columns(columns, width):
    lines = audit_overview(audit(40), columns).splitlines()
    assert max(map(len, lines)) <= width
    assert lines[0].startswith("Audit: 40 functions, 40 roles")


@pytest.mark.parametrize("height", [24, 50])
def test_the_overview_fills_the_terminal_and_leaves_room_for_the_prompt(height):
    count = len(audit_overview(audit(40), 80, height).splitlines())
    assert height - 6 < count <= height - 3


def test_an_audit_without_roles_does_not_say_that_nothing_was_found():
    text = audit_overview(audit(0))
    assert text.startswith("Audit: no role was audited; 1 check not evaluated\n")
    assert "nothing found" not in text
    assert "\n\n\n" not in text


def test_what_is_undecided_is_in_the_summary_and_in_markdown():
    whole = audit(1)
    item = NotEvaluated(NotEvaluatedKind.UNDECIDABLE, Subject("function", "orders"), "whether it may", "it depends")
    whole = replace(whole, report=replace(whole.report, not_evaluated=(item,)))
    assert audit_overview(whole).splitlines()[0].endswith("; 1 undecided")
    assert "### Undecided\n\n- function orders: whether it may: it depends\n" in audit_markdown(whole)
