"""The suppressions of the configuration, applied to a report; notes tell which of them have no effect."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from iamglue.cli.stderr import print_note
from iamglue.files.configured_paths import matches_path
from iamglue.findings import Report
from iamglue.model.suppressions import Suppression, apply_suppressions


def apply_configured_suppressions(
    report: Report, suppressions: Sequence[Suppression], today: date, paths: Collection[str] = ()
) -> Report:
    """The report without the findings that the configuration suppresses.

    Prints a note for each suppression that has expired, and for each of one of the files `paths` that matches nothing.
    """
    report, unused = apply_suppressions(report, suppressions, today)
    for suppression in unused:
        is_active = suppression.is_active(today)
        if is_active and not _is_of_file(suppression, paths):
            continue
        effect = "has no effect" if is_active else f"expired on {suppression.until}"
        name = f"the suppression of {', '.join(suppression.rules)} ({suppression.reason})"
        print_note(f"{suppression.span.path}: {name} {effect}")
    return report


def _is_of_file(suppression: Suppression, paths: Collection[str]) -> bool:
    """Whether a suppression names one of the files, without `*` and `?`."""
    pattern = suppression.path
    if pattern is None or set("*?[") & set(pattern):
        return False
    return any(matches_path(path, pattern, suppression.base) for path in paths)
