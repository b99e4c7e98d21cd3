"""The overview of an audit: what makes a role risky stands before what the role lacks."""

from __future__ import annotations

from dataclasses import replace

from formats.audit_samples import audit

from iamglue.findings import Severity
from iamglue.formats.reports.audit_overview import audit_overview


def test_the_finding_that_makes_a_role_risky_is_its_first_one_even_if_another_is_an_error():
    result = audit(1)
    lacking, risky = result.role_results[0].findings[:2]
    lacking = replace(lacking, rule="missing-access", severity=Severity.ERROR, message="the function needs more")
    risky = replace(risky, rule="privilege-escalation", severity=Severity.SECURITY_WARNING, message="it can do all")
    role = replace(result.role_results[0], findings=(lacking, risky), rule_risks={"privilege-escalation": 90})
    lines = audit_overview(replace(result, role_results=(role,)))
    assert lines.index("it can do all") < lines.index("the function needs more")
