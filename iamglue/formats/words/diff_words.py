"""A difference between policies in words, the same for every format that people read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from iamglue.engine.evaluate.request import Request
from iamglue.engine.solve.comparison import Answer, Comparison
from iamglue.formats.policies.labelled import condition_text, counted, visible
from iamglue.model.difference import Diff, Difference, Shown
from iamglue.policy.conditions import Condition

# Longer lists are cut and counted; JSON has them whole.
_LONGEST = 12
_MOST_STATEMENTS = 30


@dataclass(frozen=True, slots=True)
class Part:
    """One direction of a difference: `mark` is + or -, `title` what it is called, `side` what it is."""

    mark: str
    title: str
    side: Difference

    @property
    def first(self) -> Sequence[Shown]:
        """The statements to show where not all are."""
        return self.side.shown[:_MOST_STATEMENTS]

    @property
    def left_out(self) -> tuple[str, ...]:
        """How many statements there are besides the first, if any, in words."""
        more = len(self.side.shown) - _MOST_STATEMENTS
        return (f"and {counted(more, 'more statement')}: `--format json` has them all",) if more > 0 else ()

    @property
    def untold(self) -> tuple[str, ...]:
        """What the statements do not tell."""
        reason = self.side.comparison.reason
        return tuple(dict.fromkeys((*((f"not known: {reason}",) if reason else ()), *self.side.unshown)))


def headline(diff: Diff) -> tuple[str, str]:
    """The answer in a word or two, and in a sentence; `{old}` and `{new}` stand for the sides' names."""
    added, removed = diff.added.comparison, diff.removed.comparison
    old = "what {old} needs" if diff.spec else "{old}"
    if added.answer is Answer.UNKNOWN:
        return "unknown", f"it could not be decided whether {{new}} allows anything that {_does_not(diff)}"
    if added.answer is Answer.NEW_ACCESS:
        return "new access", f"{{new}} allows what {_does_not(diff)}{_only(added)}"
    if removed.answer is Answer.NEW_ACCESS:
        return "no new access", f"{{new}} allows less than {old}"
    if removed.answer is Answer.UNKNOWN:
        return "no new access", f"it could not be decided whether {{new}} allows less than {old}"
    return "no new access", f"{{new}} allows exactly {old}" if diff.spec else "{new} and {old} allow the same"


def _only(added: Comparison) -> str:
    """What alone makes the difference, where that is worth saying."""
    if added.future_only:
        return "; only actions that do not exist yet make the difference"
    if added.unlisted_only:
        return "; only requests on resources that AWS's reference does not list for their actions make the difference"
    return ""


def _does_not(diff: Diff) -> str:
    return "{old} does not need" if diff.spec else "{old} does not allow"


def parts(diff: Diff) -> Iterator[Part]:
    """The directions in which there is something to tell."""
    titles = ("Excess", "Missing") if diff.spec else ("Added", "Removed")
    for mark, title, side in zip("+-", titles, (diff.added, diff.removed), strict=True):
        if side.comparison.answer is not Answer.NO_NEW_ACCESS:
            yield Part(mark, title, side)


def listed(texts: Sequence[str], *, full: bool = False) -> tuple[str, ...]:
    """The texts, a long list cut unless `full`."""
    if full or len(texts) <= _LONGEST:
        return tuple(texts)
    return (*texts[: _LONGEST - 1], f"... and {len(texts) - _LONGEST + 1:,} more")


def actions(shown: Shown, *, full: bool = False) -> tuple[str, ...]:
    """What the statement allows, in lines."""
    element = shown.statement.actions
    names = listed(sorted(element.values), full=full)
    later = ("and actions that AWS may add",) if shown.future else ()
    return tuple(f"anything but {name}" if element.negated else name for name in names) + later


def resources(shown: Shown, *, full: bool = False) -> tuple[str, tuple[str, ...]]:
    """What it allows that on: a label, and lines."""
    element = shown.statement.resources
    if element is None:
        return "on", ()
    return "not on" if element.negated else "on", listed(sorted(element.values), full=full)


def notes(shown: Shown, *, full: bool = False) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What else there is to say of a statement: labels, each with its lines; names of files are not escaped."""
    less = [*(f"what {each} allows" for each in shown.less), *(f"what {each} denies" for each in shown.denied)]
    if less:
        yield "less", listed(less, full=full)
    if shown.lifted:
        yield "lifted", (f"the Deny of {shown.lifted}",)
    if shown.conditioned:
        source, statement = shown.conditioned
        theirs = only(statement.conditions, shown.statement.conditions)
        ours = only(shown.statement.conditions, statement.conditions)
        yield "differs", (f"in its conditions alone from {source}, which has {theirs}; here {ours}",)
    if shown.future_only:
        yield "note", ("only actions that do not exist yet are in it",)
    if shown.unlisted_only:
        yield "note", ("AWS's reference does not list such resources for these actions, but they may exist",)
    if shown.unlisted:
        yield "note", ("requests on resources that AWS's reference does not list are in it besides",)


def only(ones: Sequence[Condition], others: Sequence[Condition]) -> str:
    """The conditions that only the first have, in words."""
    return " and ".join(condition_text(each) for each in ones if each not in others) or "none of them"


def request_lines(request: Request) -> tuple[str, ...]:
    """A request in words, what it carries on lines of its own."""
    by = f" by {request.principal}" if request.principal else ""
    context = [f"with {key} = {' and '.join(map(visible, values))}" for key, values in sorted(request.context.items())]
    return (f"{request.action} on {request.resource}{by}", *context)
