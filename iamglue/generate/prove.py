"""`generate --prove`: that a policy allows what a function needs, all of it, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from iamglue.engine.evaluate.identity_evaluation import EvaluationDecision as Decided
from iamglue.engine.evaluate.identity_evaluation import evaluate, prepare_policies
from iamglue.engine.evaluate.request import Request
from iamglue.engine.solve.access import Access, access_of, union
from iamglue.engine.solve.comparison import ComparisonAnswer, compare
from iamglue.engine.solve.near_misses import neighbouring_resources, other_contexts, sibling_actions
from iamglue.engine.solve.proof import Verdict, prove_empty
from iamglue.engine.solve.witness_location import find_local_witness, most_named_location
from iamglue.generate.requirements.function_requirements import function_requirements
from iamglue.generate.requirements.raw_statements import raw_statement_reason
from iamglue.generate.requirements.sample_values import fill_need, fill_policy, sample_values
from iamglue.model.permission_set import PermissionSet
from iamglue.model.proof_table import ProofLine, ProofSection, ProofTable
from iamglue.model.required_access import DeploymentScope, RequiredAccess
from iamglue.model.spec import SpecFunction
from iamglue.policy.model import MatchList, Policy, Statement, allow_statement


def prove(function: SpecFunction, bundle: PermissionSet) -> ProofTable:
    """The proof of `bundle`, what `generate` made of `function`.

    The needs are taken from the function again, each by itself, whatever statements they were put into.
    """
    needs = _needs(function, bundle)
    values = sample_values(needs, bundle.parameters)
    filled = tuple(_Needed.of(fill_need(need, values)) for need in needs)
    policies = tuple(fill_policy(named.policy, values) for named in bundle.policies)
    lines = _Proof(filled, policies).lines()
    return ProofTable(bundle.function, tuple(lines), tuple(values.items()))


def _needs(function: SpecFunction, bundle: PermissionSet) -> tuple[RequiredAccess, ...]:
    scope = DeploymentScope(str(bundle.partition), str(bundle.region), str(bundle.account))
    asked = tuple(need for part in function_requirements(function, scope) for need in part.needs)
    raw = tuple(
        RequiredAccess(item.actions, item.resources, "", raw_statement_reason(item), item.conditions)
        for item in function.raw
    )
    return (*asked, *raw)


@dataclass(frozen=True, slots=True)
class _Needed:
    """A need, and each of its grants as an access."""

    need: RequiredAccess
    grants: tuple[tuple[str, str, Access], ...]
    access: Access

    @classmethod
    def of(cls, need: RequiredAccess) -> _Needed:
        grants = tuple(
            (action, resource, _access(allow_statement((action,), (resource,), conditions=need.conditions)))
            for action in need.actions
            for resource in need.resources
        )
        return cls(need, grants, union(access for _, _, access in grants))


def _access(*statements: Statement) -> Access:
    return access_of([Policy(statements)])


class _Proof:
    """The lines of one proof: requests come from the needs, decisions from the policies."""

    def __init__(self, needs: Sequence[_Needed], policies: Sequence[Policy]) -> None:
        self.needs = needs
        self.wanted = union(needed.access for needed in needs)
        self.policies = policies
        self.granted = access_of(policies)
        self.prepared = prepare_policies(policies)
        self.home = most_named_location(policies)

    def lines(self) -> Iterator[ProofLine]:
        tried: dict[tuple[str, str], Request] = {}
        for needed in self.needs:
            for action, resource, access in needed.grants:
                line, request = self._needed(needed.need, action, resource, access)
                yield line
                if request is not None:
                    tried.setdefault((action, resource), request)
        yield from self._necessary()
        yield from self._near_misses(tried)
        yield self._subset("the policy allows nothing that is not needed", self.granted, self.wanted)
        yield self._subset("nothing is needed that the policy does not allow", self.wanted, self.granted)

    def _needed(
        self, need: RequiredAccess, action: str, resource: str, access: Access
    ) -> tuple[ProofLine, Request | None]:
        claim = f"{action} on {resource}"
        proof = prove_empty(access)
        if proof.witness is None:
            none = proof.verdict is Verdict.EMPTY
            why = "no request can be for this action on this resource" if none else proof.reason
            return ProofLine(ProofSection.NEEDED, claim, False if none else None, f"{need.reason}; {why}"), None
        request = find_local_witness(access, proof.witness, self.home)
        reason = f"{need.reason}; {_UNLISTED}" if proof.unlisted_only else need.reason.text
        return ProofLine(ProofSection.NEEDED, claim, self._allows(request), reason), request

    def _allows(self, request: Request) -> bool | None:
        decision = evaluate(self.prepared, request)
        return None if decision.decision is Decided.UNKNOWN else decision.allowed

    def _necessary(self) -> Iterator[ProofLine]:
        for at, policy in enumerate(self.policies):
            for place, statement in enumerate(policy.statements):
                name = statement.sid or f"statement {place + 1}"
                for claim, rest in _reductions(name, statement):
                    statements = (*policy.statements[:place], *rest, *policy.statements[place + 1 :])
                    reduced = (*self.policies[:at], replace(policy, statements=statements), *self.policies[at + 1 :])
                    yield self._breaks(claim, reduced)

    def _breaks(self, claim: str, reduced: Sequence[Policy]) -> ProofLine:
        """A request that some need has, the policy allows and the reduced one does not."""
        lost = self.granted & self.wanted - access_of(reduced)
        proof = prove_empty(lost)
        if proof.witness is None:
            holds = False if proof.verdict is Verdict.EMPTY else None
            return ProofLine(ProofSection.NECESSARY, claim, holds, proof.reason or "every need is allowed without it")
        request = find_local_witness(lost, proof.witness, self.home)
        asking = next(needed.need.reason.text for needed in self.needs if needed.access.contains(request))
        holds = self._allows(request) is True and not evaluate(reduced, request).allowed
        return ProofLine(ProofSection.NECESSARY, claim, holds, f"{asking}: {request.action} on {request.resource}")

    def _near_misses(self, tried: dict[tuple[str, str], Request]) -> Iterator[ProofLine]:
        resources: dict[tuple[str, str], Request] = {}
        for (action, _), request in tried.items():
            resources.setdefault((action.partition(":")[0], request.resource), request)
        for (service, resource), request in resources.items():
            named = [(each.action.partition(":")[2], each) for each in sibling_actions(request)]
            yield from self._denied(f"no other action of {service} on {resource}", named)
        for (action, resource), request in tried.items():
            yield from self._denied(f"{action} on no neighbour of {resource}", list(neighbouring_resources(request)))
            yield from self._denied(f"{action} on {resource} in no other context", list(other_contexts(request)))

    def _denied(self, claim: str, named: Sequence[tuple[str, Request]]) -> Iterator[ProofLine]:
        """One line for requests that no need has: each is denied."""
        others = [(name, request) for name, request in named if self.wanted.contains(request) is False]
        if not others:
            return
        answers = [(name, self._allows(request)) for name, request in others]
        allowed = [name for name, answer in answers if answer]
        unknown = [name for name, answer in answers if answer is None]
        holds = False if allowed else None if unknown else True
        shown = allowed or unknown or [name for name, _ in answers]
        told = "allowed: " if allowed else "undecided: " if unknown else f"{len(shown):,} tried, such as "
        yield ProofLine(ProofSection.NEAR_MISS, claim, holds, told + ", ".join(shown[:_SHOWN]))

    def _subset(self, claim: str, one: Access, other: Access) -> ProofLine:
        found = compare(one, other)
        holds = {
            ComparisonAnswer.NO_NEW_ACCESS: True,
            ComparisonAnswer.NEW_ACCESS: False,
            ComparisonAnswer.UNKNOWN: None,
        }[found.answer]
        request = found.witness and find_local_witness(one - other, found.witness, self.home)
        reason = f"{request.action} on {request.resource}" if request else found.reason
        if found.unlisted_only:
            reason = f"{reason}; {_UNLISTED}"
        if found.future_only:
            holds, reason = True, f"of today's actions; one that AWS added could be, such as {reason}"
        return ProofLine(ProofSection.EXACT, claim, holds, reason)


_SHOWN = 4
_UNLISTED = "AWS's reference lists no such resource for this action"


def _reductions(name: str, statement: Statement) -> Iterator[tuple[str, tuple[Statement, ...]]]:
    """The statement less each of its parts: what was taken, and what is left of it."""
    yield name, ()
    actions, resources = statement.actions.values, statement.resources.values if statement.resources else ()
    for action in actions if len(actions) > 1 else ():
        left = MatchList(tuple(each for each in actions if each != action))
        yield f"{name}: {action}", (replace(statement, actions=left),)
    for resource in resources if len(resources) > 1 else ():
        left = MatchList(tuple(each for each in resources if each != resource))
        yield f"{name}: {resource}", (replace(statement, resources=left),)
