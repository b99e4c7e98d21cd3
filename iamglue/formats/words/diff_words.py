"""Texts of a policy difference that the formats for people share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from iamglue.engine.evaluate.request import Request
from iamglue.engine.solve.comparison import Comparison, ComparisonAnswer
from iamglue.formats.words.labelled_lines import condition_text, count_text, visible_value
from iamglue.model.difference import OneWayDiff, PolicyDiff, StatementDiff
from iamglue.policy.conditions import Condition
from iamglue.policy.model import Effect

# Longer lists are cut and end with a count; JSON contains them completely.
_MAX_ITEMS = 12
_MAX_STATEMENTS = 30


@dataclass(frozen=True, slots=True)
class DiffDirection:
    """One direction of a difference: `mark` is + or -, `title` the heading, `difference` the statements."""

    mark: str
    title: str
    difference: OneWayDiff

    @property
    def shown_statements(self) -> Sequence[StatementDiff]:
        """The statements to show if the list is cut."""
        return self.difference.shown[:_MAX_STATEMENTS]

    @property
    def omitted(self) -> tuple[str, ...]:
        """The number of statements that are not shown, in words; empty if all are shown."""
        more = len(self.difference.shown) - _MAX_STATEMENTS
        return (f"and {count_text(more, 'more statement')}: `--format json` shows all",) if more > 0 else ()

    @property
    def undecided(self) -> tuple[str, ...]:
        """Reasons why the statements do not describe the whole difference."""
        reason = self.difference.comparison.reason
        return tuple(dict.fromkeys((*((f"undecided: {reason}",) if reason else ()), *self.difference.not_shown)))


def headline(diff: PolicyDiff) -> tuple[str, str]:
    """The answer in one or two words, and as a sentence with `{old}` and `{new}` as placeholders for the names."""
    added, removed = diff.added.comparison, diff.removed.comparison
    old = "what {old} needs" if diff.is_against_spec else "{old}"
    if added.answer is ComparisonAnswer.UNKNOWN:
        return "unknown", f"cannot decide whether {{new}} allows anything that {_old_side_does_not(diff)}"
    if added.answer is ComparisonAnswer.NEW_ACCESS:
        return "new access", f"{{new}} allows access that {_old_side_does_not(diff)}{_theoretical_suffix(added)}"
    if removed.answer is ComparisonAnswer.NEW_ACCESS:
        return "no new access", f"{{new}} allows less than {old}"
    if removed.answer is ComparisonAnswer.UNKNOWN:
        return "no new access", f"cannot decide whether {{new}} allows less than {old}"
    return (
        "no new access",
        f"{{new}} allows exactly {old}" if diff.is_against_spec else "{new} and {old} allow the same",
    )


def _theoretical_suffix(added: Comparison) -> str:
    """Suffix of the sentence if the new access is only theoretical: future actions, or resources AWS does not list."""
    if added.future_only:
        return "; the difference is only in actions that do not exist yet"
    if added.unlisted_only:
        return "; the difference is only in requests on resources that AWS's reference does not list for their actions"
    return ""


def _old_side_does_not(diff: PolicyDiff) -> str:
    """The end of a sentence: what the old side does not allow or need."""
    return "{old} does not need" if diff.is_against_spec else "{old} does not allow"


def diff_directions(diff: PolicyDiff) -> Iterator[DiffDirection]:
    """The directions with a difference or an undecided comparison."""
    titles = ("Excess", "Missing") if diff.is_against_spec else ("Added", "Removed")
    for mark, title, side in zip("+-", titles, (diff.added, diff.removed), strict=True):
        if side.comparison.answer is not ComparisonAnswer.NO_NEW_ACCESS:
            yield DiffDirection(mark, title, side)


def effect_label(shown: StatementDiff) -> str:
    """What the statement does, before its actions: a Deny is shown where it is missing."""
    return "allow" if shown.statement.effect is Effect.ALLOW else "denied"


def shortened_list(texts: Sequence[str], *, full: bool = False) -> tuple[str, ...]:
    """The texts; a long list is cut unless `full` is set."""
    if full or len(texts) <= _MAX_ITEMS:
        return tuple(texts)
    return (*texts[: _MAX_ITEMS - 1], f"... and {len(texts) - _MAX_ITEMS + 1:,} more")


def action_lines(shown: StatementDiff, *, full: bool = False) -> tuple[str, ...]:
    """The actions that the statement allows, one per line."""
    element = shown.statement.actions
    names = shortened_list(sorted(element.values), full=full)
    later = ("and actions that AWS may add in the future",) if shown.future else ()
    return tuple(f"anything but {name}" if element.negated else name for name in names) + later


def resource_lines(shown: StatementDiff, *, full: bool = False) -> tuple[str, tuple[str, ...]]:
    """The resources of the statement: a label, and one line per resource."""
    element = shown.statement.resources
    if element is None:
        return "on", ()
    return "not on" if element.negated else "on", shortened_list(sorted(element.values), full=full)


def statement_notes(shown: StatementDiff, *, full: bool = False) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Further notes on a statement as (label, lines); file names in them are not escaped."""
    exceptions = [
        *(f"what {source} allows" for source in shown.exclusions),
        *(f"what {source} denies" for source in shown.denied_by),
    ]
    if exceptions:
        yield "except", shortened_list(exceptions, full=full)
    if shown.removed_deny:
        yield "removed", (f"the Deny of {shown.removed_deny}",)
    if shown.condition_variant:
        source, statement = shown.condition_variant
        there = exclusive_conditions(statement.conditions, shown.statement.conditions)
        here = exclusive_conditions(shown.statement.conditions, statement.conditions)
        yield "differs", (f"from {source} only in its conditions: there {there}; here {here}",)
    if shown.future_only:
        yield "note", ("this is only about actions that do not exist yet",)
    if shown.unlisted_only:
        yield "note", ("AWS's reference does not list such resources for these actions, but they may exist",)
    if shown.unlisted:
        yield "note", ("this also includes requests on resources that AWS's reference does not list",)


def exclusive_conditions(conditions: Sequence[Condition], compared: Sequence[Condition]) -> str:
    """The conditions that are not among those `compared`, in words."""
    return (
        " and ".join(condition_text(condition) for condition in conditions if condition not in compared)
        or "no other condition"
    )


def request_lines(request: Request) -> tuple[str, ...]:
    """A request in words: action, resource and principal, then one line per context key."""
    by = f" by {request.principal}" if request.principal else ""
    context = [
        f"with {key} = {' and '.join(map(visible_value, values))}" for key, values in sorted(request.context.items())
    ]
    return (f"{request.action} on {request.resource}{by}", *context)
