"""`lint` on the statements of an identity policy that are unlike any in which nothing was found."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from iamglue.findings import Finding, Report
from iamglue.iam.policies import Policy
from iamglue.rules.experience import Experience, statement_number
from iamglue.rules.traits import Trait, traits

# The rules to run, or None for all; and the text of a document.
Linter = Callable[[str, frozenset[str] | None], Report]
_NOTHING = Report(files=1, policies=1)


@dataclass(slots=True)
class StatementFaults:
    """What `lint` says of identity policies: the same as of each alone, while most of them are not read again."""

    _experience: Experience = field(default_factory=Experience)

    def report(self, policy: Policy, text: str, linter: Linter) -> Report:
        """The report on a document, the text of which holds the policy."""
        statements = traits(policy, text)
        if statements is None:
            return linter(text, None)
        asked = [self._experience.rules(each) for each in statements]
        numbers = [number for number, rules in enumerate(asked) if rules is None or rules]
        if not numbers:
            return _NOTHING
        found = linter(_excerpt(text, numbers, len(statements)), _together([asked[each] for each in numbers]))
        if found.not_evaluated:
            return linter(text, None)
        self._learn([(statements[each], asked[each]) for each in numbers], found)
        if len(numbers) == len(statements):
            return found
        return replace(found, findings=tuple([_renumbered(each, numbers) for each in found.findings]))

    def _learn(self, looked_at: Sequence[tuple[tuple[Trait, ...], frozenset[str] | None]], found: Report) -> None:
        rules = frozenset([each.rule for each in found.findings])
        # Where just what was expected was found, there is nothing to learn.
        if any(expected != rules for _, expected in looked_at):
            self._experience.learn([statement for statement, _ in looked_at], found.findings)


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


def _renumbered(finding: Finding, numbers: Sequence[int]) -> Finding:
    """A finding in an excerpt, at its place in the document."""
    pointer = finding.place.pointer
    number = statement_number(pointer)
    rest = pointer.removeprefix(f"/Statement/{number}")
    return replace(finding, place=replace(finding.place, pointer=f"/Statement/{numbers[number]}{rest}"))
