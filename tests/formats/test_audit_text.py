"""The text of an audit, where there are more roles than anybody reads."""

from __future__ import annotations

from formats.audit_samples import audit

from iamglue.formats.reports.audit_text import audit_text


def rows(text: str) -> list[str]:
    """The lines of the summary, without its head."""
    return text.split("\n\n")[1].splitlines()[1:]


def test_of_roles_with_nothing_found_a_few_are_named_and_the_others_counted():
    found = rows(audit_text(audit(50, findings=0)))
    assert len(found) == 21
    assert found[-1].strip() == "and 30 more with nothing found"


def test_as_many_as_are_named_leave_nothing_to_count():
    assert "more with nothing found" not in audit_text(audit(20, findings=0))


def test_a_role_with_findings_is_named_however_many_there_are():
    assert len(rows(audit_text(audit(50)))) == 50
