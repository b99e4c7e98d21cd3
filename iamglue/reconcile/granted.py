"""What a function's role grants, by all policies that were read, decided by the same engine as in an audit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from iamglue.audit.access.fast_decisions import is_trivially_allowed
from iamglue.audit.access.missing_requests import (
    MissingRequests,
    UndecidedRequests,
    blocker_text,
    find_missing,
    lacks_only_allow,
    unread_policies,
)
from iamglue.audit.access.role_access import RoleAccess
from iamglue.audit.audit_context import AuditContext
from iamglue.catalog.services import find_action
from iamglue.engine.solve.access import StatementTerm, access_of_statement
from iamglue.engine.solve.action_bitsets import pattern_bitset
from iamglue.engine.solve.proof import Verdict, prove_empty
from iamglue.errors import Location
from iamglue.findings import NotEvaluatedKind
from iamglue.model.reconciliation import AccessSource, EvidenceValue, ReconcileGap, SourceAnswer, SourceEvidence
from iamglue.model.required_access import Reason
from iamglue.model.role_context import RoleContext
from iamglue.policy.model import Statement
from iamglue.policy.patterns.wildcards import has_wildcard
from iamglue.reconcile.resources import ResourceMatch, is_open, match_resource

_CODE = Reason("the code")
_UNLISTED = "AWS's reference does not list this resource for the action, so it is not known whether it is allowed"


@dataclass(frozen=True)
class GrantedAccess:
    """What the role of a function grants; `contexts` is the role in each case of a template; () if it is not known.

    `unknown` is why nothing is known of it. `statement_locations` has the lines of statements, by the policy's name.
    """

    function: str
    contexts: tuple[RoleContext, ...]
    unknown: str = ""
    statement_locations: Mapping[str, tuple[Location, ...]] = field(default_factory=dict)
    _undecided: dict[ReconcileGap, None] = field(default_factory=dict)

    @cached_property
    def accesses(self) -> tuple[tuple[RoleAccess, RoleContext], ...]:
        """The access of the role in each case."""
        return tuple((AuditContext().role_access(context), context) for context in self.contexts)

    @cached_property
    def unread(self) -> str:
        """What was not read of the role's policies and limits, any of which may change the answer; empty if all was."""
        reasons = [unread_policies(context) for _, context in self.accesses]
        reasons += [unknown.text for access, _ in self.accesses for unknown in access.unknown]
        return "; ".join(dict.fromkeys(filter(None, reasons)))

    def gaps(self) -> Iterator[ReconcileGap]:
        """What was not read, and what could not be decided by the answers so far."""
        yield from self._undecided
        if self.unread:
            yield ReconcileGap(AccessSource.GRANTED, "the policies of the role", self.unread, NotEvaluatedKind.FAILED)

    def answer(self, statements: Sequence[Statement], reasons: tuple[Reason, ...]) -> SourceAnswer:
        """Whether the role grants all requests of statements, each of one action on one resource."""
        if not self.accesses:
            return SourceAnswer(None, self.unknown)
        if self.unread:
            return SourceAnswer(None, self.unread)
        by_case: dict[bool, SourceAnswer] = {}
        for access, context in self.accesses:
            answers = [self._answer_for(item, reasons or (_CODE,), access, context) for item in statements]
            undecided = next((answer for answer in answers if answer.value is None), None)
            if undecided is not None:
                return undecided
            answer = next((answer for answer in answers if answer.value is False), answers[0])
            by_case.setdefault(bool(answer.value), answer)
        if len(by_case) > 1:
            return SourceAnswer(None, "it depends on the conditions of the template")
        return next(iter(by_case.values()))

    def literal_grants(self) -> tuple[tuple[str, str], ...]:
        """The actions and resources of Allow statements that name their actions."""
        pairs = (
            (str(facts), resource)
            for access, _ in self.accesses
            for term in access.identity_layer.allows
            if not term.statement.actions.negated and term.statement.resources and not term.statement.resources.negated
            for action in term.statement.actions.values
            if not has_wildcard(action) and (facts := find_action(action.lower())) is not None
            for resource in term.statement.resources.values
        )
        return tuple(dict.fromkeys(pairs))

    def _answer_for(
        self, statement: Statement, reasons: tuple[Reason, ...], access: RoleAccess, context: RoleContext
    ) -> SourceAnswer:
        """Whether the role grants all requests of a statement, with the reason and the statements that grant them."""
        result = find_missing(statement, reasons, self.function, access, context)
        (action,), (resource,) = statement.actions.values, statement.resources.values if statement.resources else ("*",)
        if result is None and _is_without_requests(statement, access):
            return self._answer_without_requests(statement, access, context)
        if result is None:
            return SourceAnswer(True, evidence=tuple(self._granting_statements(statement, access)))
        if isinstance(result, UndecidedRequests):
            kind = NotEvaluatedKind.UNDECIDABLE if context.account.planned else result.kind
            what = f"whether the role grants `{action}` on `{resource}`"
            self._undecided[ReconcileGap(AccessSource.GRANTED, what, result.reason, kind)] = None
            return SourceAnswer(None, result.reason, tuple(self._granting_statements(statement, access)))
        if not result.all and is_open(action, resource):
            reason = f"only part of it is granted, and it is not known which resource `{resource}` is"
            return SourceAnswer(None, reason, tuple(self._granting_statements(statement, access)))
        evidence, lacks_allow = tuple(self._granting_statements(statement, access)), lacks_only_allow(access, result)
        return SourceAnswer(False, _missing_text(result, access), evidence, lacks_allow)

    def _answer_without_requests(self, statement: Statement, access: RoleAccess, context: RoleContext) -> SourceAnswer:
        """The answer for a resource that AWS's reference does not list for the action: no, if nothing may allow it."""
        evidence = tuple(self._granting_statements(statement, access))
        if evidence or context.account.resource_policies:
            return SourceAnswer(None, _UNLISTED, evidence)
        return SourceAnswer(False, "no statement of the role's own policies allows this")

    def _granting_statements(self, statement: Statement, access: RoleAccess) -> Iterator[SourceEvidence]:
        """The statements that allow an action on a resource, or part of it."""
        (action,), (resource,) = statement.actions.values, statement.resources.values if statement.resources else ("*",)
        for term in access.identity_layer.allows:
            if _may_allow(term, action, resource):
                yield self.statement_evidence(term, access)

    def statement_evidence(self, term: StatementTerm, access: RoleAccess) -> SourceEvidence:
        """The evidence that a statement of the role is: its policy, number and line."""
        location = access.identity_layer.statement_location(term)
        data: dict[str, EvidenceValue] = {
            "policy": location.policy.name,
            "statement": location.index + 1,
            "sid": location.sid,
        }
        lines = self.statement_locations.get(location.policy.name, ())
        line = lines[location.index] if location.index < len(lines) else None
        if location.policy.origin is not None:
            span = location.policy.origin.span(f"/Statement/{location.index}")
            line = Location(span.path, span.line, span.column)
        elements = {"NotAction": term.statement.actions, "NotResource": term.statement.resources}
        negated = [name for name, element in elements.items() if element is not None and element.negated]
        text = f"{location}, which has {' and '.join(negated)}" if negated else str(location)
        return SourceEvidence(text, line, data=data)


def _is_without_requests(statement: Statement, access: RoleAccess) -> bool:
    """Whether by AWS's reference there is no request for an action on a resource, so that a proof says nothing."""
    if is_trivially_allowed(access, statement):
        return False
    return prove_empty(access_of_statement(statement)).verdict is Verdict.EMPTY


def _missing_text(missing: MissingRequests, access: RoleAccess) -> str:
    """Why the role may not do it; if it may do a part, with a request that it may not make."""
    blocker = blocker_text(access, missing)
    if missing.all:
        return blocker
    return f"{blocker}, for example not `{missing.witness.action}` on `{missing.witness.resource}`"


def _may_allow(term: StatementTerm, action: str, resource: str) -> bool:
    """Whether a statement is about the action on some of the resource, which may both be patterns."""
    if has_wildcard(action):
        matches = bool(term.action_bitset & pattern_bitset(action))
    else:
        matches = bool(term.prepared.matches_action(action.lower()))
    resources = term.statement.resources
    if not matches or resources is None or resources.negated:
        return matches
    return any(match_resource(value, resource) is not ResourceMatch.NONE for value in resources.values)
