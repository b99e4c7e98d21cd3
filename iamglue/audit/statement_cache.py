"""`lint` on the statements of an identity policy that are unlike any in which nothing was found."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from iamglue.audit.access.statement_location import element_first_char
from iamglue.findings import Finding, Report, SourceSpan
from iamglue.lint.experience import Experience
from iamglue.lint.traits import Meets, Trait, may_take_back, traits
from iamglue.policy.model import Policy

# The rules to run, or None for all; and the text of a document.
Linter = Callable[[str, frozenset[str] | None], Report]
# Findings by the number of the statement that they are in, at pointers below it.
_Found = dict[int, tuple[Finding, ...]]
_NOTHING = Report(file_count=1, policy_count=1)
# What these say of an action follows from the actions of its statement and the kinds of resources that they stand with.
_OF_ACTIONS = frozenset({"action-resource-mismatch", "unknown-action"})
_OF_SEVERAL = frozenset({"ineffective-statement"})
_MOST = 20_000


@dataclass(slots=True)
class StatementFaults:
    """What `lint` says of identity policies: the same as of each alone, while most of them are not read again."""

    _experience: Experience = field(default_factory=Experience)
    _of_actions: dict[Trait, tuple[Finding, ...]] = field(default_factory=dict)

    def report(self, policy: Policy, text: str, linter: Linter) -> Report:
        """The report on a document, the text of which holds the policy."""
        statements = traits(policy, text)
        if statements is None:
            return linter(text, None)
        asked = [self._experience.rules(each) for each in statements]
        if may_take_back(policy.statements):
            return self._of_whole(statements, asked, text, linter)
        if asked == [frozenset()] * len(asked):
            return _NOTHING
        told = self._told(statements, asked, text)
        numbers = [at for at, rules in enumerate(asked) if at not in told and (rules is None or rules)]
        report = _NOTHING
        if numbers:
            report = linter(_excerpt(text, numbers, len(statements)), _together([asked[each] for each in numbers]))
            if report.not_evaluated or not all(map(_is_in_a_statement, report.findings)):
                return linter(text, None)
            looked = _by_statement(report.findings, numbers)
            self._learn(statements, asked, looked)
            if len(numbers) == len(statements):
                return report
            told |= looked
        placed = (_placed(each, at, policy) for at in sorted(told) for each in told[at])
        return replace(report, findings=tuple(placed))

    def _of_whole(
        self, statements: Sequence[Sequence[Trait]], asked: Sequence[frozenset[str] | None], text: str, linter: Linter
    ) -> Report:
        """The report on a document whose statements have to be looked at together, too."""
        rules = _together(asked)
        report = linter(text, None if rules is None else rules | _OF_SEVERAL)
        if rules is None and not report.not_evaluated and all(map(_is_in_a_statement, report.findings)):
            own = [each for each in report.findings if each.rule not in _OF_SEVERAL]
            self._learn(statements, asked, _by_statement(own, range(len(statements))))
        return report

    def _told(self, statements: Sequence[Sequence[Trait]], asked: Sequence[frozenset[str] | None], text: str) -> _Found:
        """What is known to be found in the statements of which it is known. One alone may stand in no list."""
        found: _Found = {}
        for at, rules in enumerate(asked if len(statements) > 1 else ()):
            known = self._of_actions.get(statements[at][1]) if rules and rules <= _OF_ACTIONS else None
            if known is not None and (_are_several(statements[at][1]) or _is_list(at, len(statements), text)):
                found[at] = known
        return found

    def _learn(
        self, statements: Sequence[Sequence[Trait]], asked: Sequence[frozenset[str] | None], looked: _Found
    ) -> None:
        """Take in what was found in the statements that were looked at."""
        for at, findings in looked.items():
            rules = frozenset(each.rule for each in findings)
            if rules != asked[at]:
                self._experience.learn(statements[at], rules)
            if rules <= _OF_ACTIONS and all(each.span.pointer.startswith("/Action/") for each in findings):
                if len(self._of_actions) > _MOST:
                    self._of_actions.clear()
                self._of_actions[statements[at][1]] = findings


def _are_several(meets: Trait) -> bool:
    """Whether a statement's actions are several, and so a list."""
    return isinstance(meets, Meets) and len(meets.actions) > 1


def _is_list(number: int, count: int, text: str) -> bool:
    """Whether the action of one of the statements of a document, which is alone, is known to stand in a list."""
    return element_first_char(text, "Action", number, count) == "["


def _together(rules: Sequence[frozenset[str] | None]) -> frozenset[str] | None:
    known = [each for each in rules if each is not None]
    return frozenset().union(*known) if len(known) == len(rules) else None


def _excerpt(text: str, numbers: Sequence[int], count: int) -> str:
    """The text of the document with these of its statements alone."""
    if len(numbers) == count:
        return text
    document = json.loads(text)
    document["Statement"] = [document["Statement"][number] for number in numbers]
    return json.dumps(document)


def _is_in_a_statement(finding: Finding) -> bool:
    return finding.span.pointer.startswith("/Statement/")


def _by_statement(findings: Iterable[Finding], numbers: Sequence[int]) -> _Found:
    """The findings on an excerpt by their statements in the document; their lines there are not known."""
    found: dict[int, list[Finding]] = {number: [] for number in numbers}
    for each in findings:
        step, _, below = each.span.pointer.removeprefix("/Statement/").partition("/")
        # A statement that is in no list is the first.
        number, below = (int(step), below) if step.isdigit() else (0, f"{step}/{below}")
        place = SourceSpan(each.span.path, pointer=f"/{below}" if below else "")
        found[numbers[number]].append(replace(each, span=place))
    return {number: tuple(each) for number, each in found.items()}


def _placed(finding: Finding, number: int, policy: Policy) -> Finding:
    """A finding at its pointer in the document, of the list of whose statements it is in one."""
    place = SourceSpan(finding.span.path, pointer=f"/Statement/{number}{finding.span.pointer}")
    return replace(finding, span=place, sid=policy.statements[number].sid)
