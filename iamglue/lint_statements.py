"""`lint` on the statements of an identity policy that are unlike any in which nothing was found."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from iamglue.findings import Finding, Place, Report
from iamglue.iam.policies import Policy
from iamglue.rules.experience import Experience
from iamglue.rules.traits import traits

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
        if found.not_evaluated or not all(_is_in_a_statement(each) for each in found.findings):
            return linter(text, None)
        by_statement = [set[str]() for _ in numbers]
        for finding in found.findings:
            by_statement[_number(finding)].add(finding.rule)
        for number, rules in zip(numbers, map(frozenset, by_statement), strict=True):
            if rules != asked[number]:
                self._experience.learn(statements[number], rules)
        if len(numbers) == len(statements):
            return found
        return replace(found, findings=tuple([_renumbered(each, numbers) for each in found.findings]))


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
    return finding.place.pointer.startswith("/Statement/")


def _number(finding: Finding) -> int:
    """The number of the statement that a finding is in; one that is in no list is the first."""
    steps = finding.place.pointer.split("/", 3)
    return int(steps[2]) if len(steps) > 2 and steps[2].isdigit() else 0


def _renumbered(finding: Finding, numbers: Sequence[int]) -> Finding:
    """A finding in an excerpt, at its pointer in the document; its line there is not known."""
    number = _number(finding)
    rest = finding.place.pointer.removeprefix(f"/Statement/{number}")
    return replace(finding, place=Place(finding.place.path, pointer=f"/Statement/{numbers[number]}{rest}"))
