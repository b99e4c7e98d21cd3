"""`iamglue diff --trust`: what a resource-based policy allows outside a zone of trust."""

from __future__ import annotations

import re
from collections.abc import Sequence

from iamglue.cli.output import print_data
from iamglue.errors import ExitCode, IamglueError
from iamglue.formats.reports.external_report import render_external_report
from iamglue.model.external_report import ExternalAnswer, ExternalReport, names_no_principal
from iamglue.policy.trust_zone import parse_trust_zone
from iamglue.readers.policy_file import read_policy_file
from iamglue.risk.external_access import find_external_access
from iamglue.risk.own_names import own_resource_assumption

_ACCOUNT = re.compile(r"[0-9]{12}")


def compare_with_trust(path: str, trust: Sequence[str], own_account: str | None, format: str) -> ExitCode:
    """Print what the policy allows outside the zone. Exit code 0 only if it is proved that it allows nothing.

    Raises IamglueError for a zone that is not valid, and for a policy that is not resource-based.
    """
    zone = parse_trust_zone(trust)
    if own_account is not None and not _ACCOUNT.fullmatch(own_account):
        raise IamglueError(f"`{own_account}` is not a valid account ID: expected 12 digits, leading zeros included")
    file = read_policy_file(path)
    if names_no_principal(file.policy.statements):
        raise IamglueError(
            f"{file.path}: a statement has no Principal, so it is not a resource-based policy or trust policy",
            hint="--trust asks who outside may use a resource; an identity policy says what its own principal may use",
        )
    grants = find_external_access(file.policy, zone, own_account)
    report = ExternalReport(file, tuple(trust), grants, own_resource_assumption(file.policy, zone, own_account))
    print_data(render_external_report(report, format), format)
    return ExitCode.OK if report.answer is ExternalAnswer.NO_EXTERNAL_ACCESS else ExitCode.FINDINGS
