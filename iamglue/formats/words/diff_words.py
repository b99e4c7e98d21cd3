"""A difference between policies in words, the same for every format that people read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from iamglue.engine.evaluate.request import Request
from iamglue.engine.solve.comparison import Comparison, ComparisonAnswer
from iamglue.formats.policies.labelled_lines import condition_text, count_text, visible_value
from iamglue.model.difference import OneWayDiff, PolicyDiff, StatementDiff
from iamglue.policy.conditions import Condition

# Longer lists are cut and counted; JSON has them whole.
_LONGEST = 12
_MOST_STATEMENTS = 30


@dataclass(frozen=True, slots=True)
class DiffDirection:
    """One direction of a difference: `mark` is + or -, `title` what it is called, `side` what it is."""

    mark: str
    title: str
    difference: OneWayDiff

    @property
    def shown_statements(self) -> Sequence[StatementDiff]:
        """The statements to show where not all are."""
        return self.difference.shown[:_MOST_STATEMENTS]

    @property
    def omitted(self) -> tuple[str, ...]:
        """How many statements there are besides the first, if any, in words."""
        more = len(self.difference.shown) - _MOST_STATEMENTS
        return (f"and {count_text(more, 'more statement')}: `--format json` has them all",) if more > 0 else ()

    @property
    def undecided(self) -> tuple[str, ...]:
        """What the statements do not tell."""
        reason = self.difference.comparison.reason
        return tuple(dict.fromkeys((*((f"not known: {reason}",) if reason else ()), *self.difference.not_shown)))


def headline(diff: PolicyDiff) -> tuple[str, str]:
    """The answer in a word or two, and in a sentence; `{old}` and `{new}` stand for the sides' names."""
    added, removed = diff.added.comparison, diff.removed.comparison
    old = "what {old} needs" if diff.is_against_spec else "{old}"
    if added.answer is ComparisonAnswer.UNKNOWN:
        return "unknown", f"it could not be decided whether {{new}} allows anything that {_does_not(diff)}"
    if added.answer is ComparisonAnswer.NEW_ACCESS:
        return "new access", f"{{new}} allows what {_does_not(diff)}{_only(added)}"
    if removed.answer is ComparisonAnswer.NEW_ACCESS:
        return "no new access", f"{{new}} allows less than {old}"
    if removed.answer is ComparisonAnswer.UNKNOWN:
        return "no new access", f"it could not be decided whether {{new}} allows less than {old}"
    return (
        "no new access",
        f"{{new}} allows exactly {old}" if diff.is_against_spec else "{new} and {old} allow the same",
    )


def _only(added: Comparison) -> str:
    """What alone makes the difference, where that is worth saying."""
    if added.future_only:
        return "; only actions that do not exist yet make the difference"
    if added.unlisted_only:
        return "; only requests on resources that AWS's reference does not list for their actions make the difference"
    return ""


def _does_not(diff: PolicyDiff) -> str:
    return "{old} does not need" if diff.is_against_spec else "{old} does not allow"


def diff_directions(diff: PolicyDiff) -> Iterator[DiffDirection]:
    """The directions in which there is something to tell."""
    titles = ("Excess", "Missing") if diff.is_against_spec else ("Added", "Removed")
    for mark, title, side in zip("+-", titles, (diff.added, diff.removed), strict=True):
        if side.comparison.answer is not ComparisonAnswer.NO_NEW_ACCESS:
            yield DiffDirection(mark, title, side)


def shortened_list(texts: Sequence[str], *, full: bool = False) -> tuple[str, ...]:
    """The texts, a long list cut unless `full`."""
    if full or len(texts) <= _LONGEST:
        return tuple(texts)
    return (*texts[: _LONGEST - 1], f"... and {len(texts) - _LONGEST + 1:,} more")


def action_lines(shown: StatementDiff, *, full: bool = False) -> tuple[str, ...]:
    """What the statement allows, in lines."""
    element = shown.statement.actions
    names = shortened_list(sorted(element.values), full=full)
    later = ("and actions that AWS may add",) if shown.future else ()
    return tuple(f"anything but {name}" if element.negated else name for name in names) + later


def resource_lines(shown: StatementDiff, *, full: bool = False) -> tuple[str, tuple[str, ...]]:
    """What it allows that on: a label, and lines."""
    element = shown.statement.resources
    if element is None:
        return "on", ()
    return "not on" if element.negated else "on", shortened_list(sorted(element.values), full=full)


def statement_notes(shown: StatementDiff, *, full: bool = False) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What else there is to say of a statement: labels, each with its lines; names of files are not escaped."""
    less = [*(f"what {each} allows" for each in shown.exclusions), *(f"what {each} denies" for each in shown.denied_by)]
    if less:
        yield "less", shortened_list(less, full=full)
    if shown.removed_deny:
        yield "lifted", (f"the Deny of {shown.removed_deny}",)
    if shown.condition_variant:
        source, statement = shown.condition_variant
        theirs = exclusive_conditions(statement.conditions, shown.statement.conditions)
        ours = exclusive_conditions(shown.statement.conditions, statement.conditions)
        yield "differs", (f"in its conditions alone from {source}, which has {theirs}; here {ours}",)
    if shown.future_only:
        yield "note", ("only actions that do not exist yet are in it",)
    if shown.unlisted_only:
        yield "note", ("AWS's reference does not list such resources for these actions, but they may exist",)
    if shown.unlisted:
        yield "note", ("requests on resources that AWS's reference does not list are in it besides",)


def exclusive_conditions(ones: Sequence[Condition], others: Sequence[Condition]) -> str:
    """The conditions that only the first have, in words."""
    return " and ".join(condition_text(each) for each in ones if each not in others) or "none of them"


def request_lines(request: Request) -> tuple[str, ...]:
    """A request in words, what it carries on lines of its own."""
    by = f" by {request.principal}" if request.principal else ""
    context = [
        f"with {key} = {' and '.join(map(visible_value, values))}" for key, values in sorted(request.context.items())
    ]
    return (f"{request.action} on {request.resource}{by}", *context)
