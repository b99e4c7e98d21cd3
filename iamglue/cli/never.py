"""`iamglue can --never`: whether policies may allow what they must never allow."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from iamglue.cli.color import paint_report
from iamglue.cli.output import print_data
from iamglue.cli.progress import show_elapsed
from iamglue.errors import ExitCode
from iamglue.formats.reports.grant_check import grant_checks_json, grant_checks_text
from iamglue.model.grant_check import GrantAnswer, overall_answer
from iamglue.not_granted import check_not_granted, parse_grant_pattern
from iamglue.readers.policy_file import read_policy_files


def check_never(never: Sequence[str], policies: Sequence[str], limits: Sequence[str], format: str) -> ExitCode:
    """Print whether the policies, within the limits, may allow what `never` names.

    Exit code 0 only if it is proved that nothing of it is allowed. Raises IamglueError for a pattern or a policy that
    cannot be read.
    """
    patterns = tuple(map(parse_grant_pattern, never))
    files = tuple(chain.from_iterable(map(read_policy_files, policies)))
    with show_elapsed("searching for an allowed request"):
        checks = check_not_granted(files, patterns, tuple(map(read_policy_files, limits)))
    print_data(grant_checks_json(checks) if format == "json" else grant_checks_text(checks), format, paint_report)
    return ExitCode.OK if overall_answer(checks) is GrantAnswer.NOT_GRANTED else ExitCode.FINDINGS
