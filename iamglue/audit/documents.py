"""`lint` on the documents of a role that its owner wrote: inline and customer policies, trust, invoke permissions.

Suggestions are left out: how a document is written is the business of `lint`, what it does is that of an audit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache

from iamglue.audit.statement_cache import StatementFaults
from iamglue.errors import IamglueError
from iamglue.findings import Finding, NotEvaluated, Place, Report, Severity, Subject, merged
from iamglue.lint.run import lint
from iamglue.lint.selection import BREADTH, Selection
from iamglue.model.account import AttachedPolicy
from iamglue.model.parsed_file import WrittenFile
from iamglue.model.role_context import Case
from iamglue.policy.parsed_policy import PolicyType, Settings, WrittenPolicy
from iamglue.policy.patterns.variables import Kind, tokens
from iamglue.policy.source.json_text import read_json
from iamglue.policy.source.nodes import Node

# What rules of `audit` say with more knowledge: of all of a role's policies, and of who is outside.
_SAID_BETTER = frozenset({BREADTH, "confused-deputy", "public-access", "principal-wildcard"})
_SELECTION = Selection(ignore=_SAID_BETTER, least=Severity.WARNING)
_FUNCTION = "AWS::Lambda::Function"
_Key = tuple[str, PolicyType, str]


@dataclass(slots=True)
class DocumentFaults:
    """What `lint` says of documents. A text is looked at once, however many roles have it."""

    _known: dict[_Key, Report] = field(default_factory=dict)
    _identity: StatementFaults = field(default_factory=StatementFaults)

    def report(self, case: Case) -> Report:
        """The findings on all documents of a role and its functions, each at its policy and pointer."""
        return merged(
            _placed(self._linted(policy, kind, case), policy, subject)
            for policy, kind, subject in _documents(case)
            if policy.policy is not None
        )

    def _linted(self, policy: AttachedPolicy, kind: PolicyType, case: Case) -> Report:
        # Only the documents that many roles share are worth keeping: those with an ARN, and trust policies.
        if policy.arn is None and kind is not PolicyType.TRUST:
            return self._looked_at(policy, kind, case)
        key = (policy.text, kind, case.account.id)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._looked_at(policy, kind, case)
        return found

    def _looked_at(self, policy: AttachedPolicy, kind: PolicyType, case: Case) -> Report:
        def linted(text: str, rules: frozenset[str] | None) -> Report:
            return _lint(text, kind, case, _SELECTION if rules is None else _selection(rules))

        if policy.policy is None or kind is not PolicyType.IDENTITY or case.account.planned:
            return linted(policy.text, None)
        return self._identity.report(policy.policy, policy.text, linted)


@lru_cache(maxsize=256)
def _selection(rules: frozenset[str]) -> Selection:
    return replace(_SELECTION, select=rules)


def _documents(case: Case) -> Iterator[tuple[AttachedPolicy, PolicyType, Subject]]:
    role = Subject("role", case.role.name, case.role.arn)
    limit = (case.role.boundary,) if case.role.boundary else ()
    for policy in (*case.role.policies, *limit):
        if not policy.is_aws_managed:
            yield policy, PolicyType.IDENTITY, role
    yield case.role.trust, PolicyType.TRUST, role
    for function in case.functions:
        for permissions in function.permissions:
            yield permissions.policy, PolicyType.RESOURCE, Subject("function", function.name, function.arn)


def _lint(text: str, kind: PolicyType, case: Case, selection: Selection = _SELECTION) -> Report:
    path = "policy.json"
    try:
        reading = read_json(text, path)
    except IamglueError as error:
        return lint(WrittenFile(path, text, malformed=error), selection, date.max)
    settings = Settings((("AWS::AccountId", case.account.id),) if case.account.id.isdecimal() else ())
    if case.account.planned:
        _mark_holes(reading.documents)
    of_function = _FUNCTION if kind is PolicyType.RESOURCE else None
    policies = tuple(
        WrittenPolicy(root, kind, resource_type=of_function, settings=settings) for root in reading.documents
    )
    return lint(WrittenFile(path, text, policies, duplicates=reading.problems), selection, date.max)


def _mark_holes(documents: Iterable[Node]) -> None:
    """Parameters of a template are filled in when it is deployed: nobody forgot them."""
    for document in documents:
        for node in document.walk():
            node.holes = any(each.kind in (Kind.PARAMETER, Kind.PSEUDO) for each in tokens(node.text))


def _placed(report: Report, policy: AttachedPolicy, subject: Subject) -> Report:
    if not report.findings and not report.not_evaluated:
        return report
    path = policy.arn or policy.name
    findings = tuple(_finding(each, path, subject) for each in report.findings)
    gaps = tuple(
        NotEvaluated(each.kind, subject, f"{each.what} on `{policy.name}`", each.reason)
        for each in report.not_evaluated
    )
    return replace(report, findings=findings, not_evaluated=gaps)


def _finding(finding: Finding, path: str, subject: Subject) -> Finding:
    # A fix edits a file, and there is none; lines and columns are those of a text that nobody sees.
    return replace(finding, place=Place(path, pointer=finding.place.pointer), subject=subject, fix=None)
