"""Access that fixes add to the policies of a file."""

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
    """Compare the policies of a file before and after fixes. Empty if it is proved that no access is added."""
    if len(old.policies) != len(new.policies):
        return NewAccessReport(
            undecided=(f"{old.path}: {_count_text(len(old.policies))} before, {_count_text(len(new.policies))} after",)
        )
    grown: list[PolicyDiff] = []
    undecided: list[str] = []
    for before, after in zip(old.policies, new.policies, strict=True):
        unknown = _unknown_reason(before, after)
        if not unknown and is_proved_no_new_access(before, after):
            continue
        diff = compare_policies(
            DiffSide(f"{_display_name(before)} before", (_known_statements(before),)),
            DiffSide(_display_name(after), (_known_statements(after),)),
        )
        if diff.added.comparison.answer is ComparisonAnswer.NEW_ACCESS:
            grown.append(diff)
        if diff.added.comparison.answer is ComparisonAnswer.UNKNOWN:
            undecided.append(f"{_display_name(after)}: {diff.added.comparison.reason}")
        elif unknown:
            undecided.append(f"{_display_name(after)}: {unknown}")
    return NewAccessReport(tuple(grown), tuple(undecided))


def _count_text(count: int) -> str:
    return f"{count} {'policy' if count == 1 else 'policies'}"


def _unknown_reason(before: ParsedPolicy, after: ParsedPolicy) -> str:
    """Why the policies cannot be compared completely; "" if they can."""
    for policy, when in ((before, "before"), (after, "after")):
        if policy.value is None:
            numbers = [statement.index for statement in policy.statements if statement.value is None]
            if not numbers:
                return f"parts of the policy are unknown {when} the fixes"
            statement_numbers = ", ".join(str(number + 1) for number in numbers)
            return (
                f"parts of statement{'s' if len(numbers) > 1 else ''} {statement_numbers} are unknown {when} the fixes"
            )
    return ""


def _display_name(policy: ParsedPolicy) -> str:
    """The path of the policy and its name in the file."""
    return f"{policy.path}: {policy.name}" if policy.name else policy.path


def _known_statements(policy: ParsedPolicy) -> PolicyFile:
    """The policy; if parts of it are unknown, only the statements that are known completely."""
    if policy.value is not None:
        locations = tuple(node.location for node in policy.statement_nodes)
        has_all_locations = len(locations) == len(policy.value.statements)
        return PolicyFile(policy.path, policy.value, locations if has_all_locations else ())
    known = [
        (statement.value, statement.node.location) for statement in policy.statements if statement.value is not None
    ]
    statements, locations = tuple(value for value, _ in known), tuple(location for _, location in known)
    return PolicyFile(policy.path, Policy(statements, policy.version), locations)
