"""What fixes let a file's policies allow that they did not allow before."""

from __future__ import annotations

from iamglue.diff import DiffSide, compare_policies
from iamglue.engine.solve.comparison import ComparisonAnswer
from iamglue.lint.autofix import is_proved_no_new_access
from iamglue.model.difference import PolicyDiff
from iamglue.model.new_access import NewAccessReport
from iamglue.model.parsed_file import ParsedFile
from iamglue.model.policy_file import PolicyFile
from iamglue.policy.model import Policy
from iamglue.policy.parsed_policy import ParsedPolicy


def find_new_access(old: ParsedFile, new: ParsedFile) -> NewAccessReport:
    """How access grew from one text of a file to another; empty where it is proved that it did not."""
    if len(old.policies) != len(new.policies):
        return NewAccessReport(
            undecided=(f"{old.path} holds {len(new.policies)} policies now, {len(old.policies)} before",)
        )
    grown: list[PolicyDiff] = []
    undecided: list[str] = []
    for before, after in zip(old.policies, new.policies, strict=True):
        unknown = _unknown_reason(before, after)
        if not unknown and is_proved_no_new_access(before, after):
            continue
        diff = compare_policies(
            DiffSide(f"{_display_name(before)} of before", (_known_statements(before),)),
            DiffSide(_display_name(after), (_known_statements(after),)),
        )
        if diff.added.comparison.answer is ComparisonAnswer.NEW_ACCESS:
            grown.append(diff)
        if diff.added.comparison.answer is ComparisonAnswer.UNKNOWN:
            undecided.append(f"{_display_name(after)}: {diff.added.comparison.reason}")
        elif unknown:
            undecided.append(f"{_display_name(after)}: {unknown}")
    return NewAccessReport(tuple(grown), tuple(undecided))


def _unknown_reason(before: ParsedPolicy, after: ParsedPolicy) -> str:
    """Why policies cannot be compared as a whole, in words; empty where they can."""
    for policy, when in ((before, "before"), (after, "now")):
        if policy.value is None:
            numbers = [statement.index for statement in policy.statements if statement.value is None]
            if not numbers:
                return f"not everything is known of it {when}"
            statement_numbers = ", ".join(str(number + 1) for number in numbers)
            return f"of statement{'s' if len(numbers) > 1 else ''} {statement_numbers} not everything is known {when}"
    return ""


def _display_name(policy: ParsedPolicy) -> str:
    return f"{policy.path}: {policy.name}" if policy.name else policy.path


def _known_statements(policy: ParsedPolicy) -> PolicyFile:
    """The policy, or of one that is not wholly known the statements that are."""
    if policy.value is not None:
        places = tuple(node.location for node in policy.statement_nodes)
        has_all_places = len(places) == len(policy.value.statements)
        return PolicyFile(policy.path, policy.value, places if has_all_places else ())
    known = [
        (statement.value, statement.node.location) for statement in policy.statements if statement.value is not None
    ]
    statements, places = tuple(value for value, _ in known), tuple(place for _, place in known)
    return PolicyFile(policy.path, Policy(statements, policy.version), places)
