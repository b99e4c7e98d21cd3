"""`generate --prove`: proves that a policy allows all access that a function needs, and no other access."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from iamglue.engine.evaluate.identity_evaluation import EvaluationDecision, evaluate, prepare_policies
from iamglue.engine.evaluate.request import Request
from iamglue.engine.solve.access import Access, access_of, union
from iamglue.engine.solve.comparison import ComparisonAnswer, compare_on_all_types
from iamglue.engine.solve.near_misses import neighbouring_resources, other_contexts, sibling_actions
from iamglue.engine.solve.proof import Verdict, prove_empty
from iamglue.engine.solve.witness_location import find_local_witness, most_named_location
from iamglue.generate.calls.call import Call, CallRequest
from iamglue.generate.calls.call_proof import call_lines, grant_lines
from iamglue.generate.calls.function_calls import function_calls
from iamglue.generate.requirements.function_requirements import function_requirements
from iamglue.generate.requirements.parameters import replace_function_texts, substitute_function_parameters
from iamglue.generate.requirements.raw_statements import raw_statement_reason
from iamglue.generate.requirements.sample_values import PSEUDO_SAMPLES, fill_need, fill_policy, sample_values
from iamglue.model.permission_set import PermissionSet
from iamglue.model.proof_table import ProofLine, ProofSection, ProofTable
from iamglue.model.required_access import DeploymentScope, RequiredAccess
from iamglue.model.spec import SpecFunction
from iamglue.policy.model import MatchList, Policy, Statement, allow_statement
from iamglue.policy.patterns.variables import hide_separators, show_separators, substitute_parameters


def prove(function: SpecFunction, permission_set: PermissionSet) -> ProofTable:
    """Prove the permission set that `generate` built for `function`.

    The needs are derived from the function again, independently of the statements in the permission set; the calls are
    derived from tables that `generate` does not use.
    """
    needs = _all_needs(function, permission_set)
    values = sample_values(needs, permission_set.parameters)
    filled = tuple(_NeededGrants.from_need(fill_need(need, values)) for need in needs)
    policies = tuple(fill_policy(named.policy, values) for named in permission_set.policies)
    lines = (*prove_calls(function, permission_set, values), *_Proof(filled, policies).lines())
    return ProofTable(permission_set.function, lines, tuple(values.items()))


def prove_calls(function: SpecFunction, permission_set: PermissionSet, values: dict[str, str]) -> tuple[ProofLine, ...]:
    """Prove that the policies allow every call that the spec declares, and grant nothing that no call requires.

    `values` are sample values of the deployment's parameters.
    """
    policies = tuple(fill_policy(named.policy, values) for named in permission_set.policies)
    calls = _declared_calls(function, permission_set, values)
    return (*call_lines(calls, prepare_policies(policies)), *grant_lines(calls, policies))


def _declared_calls(function: SpecFunction, permission_set: PermissionSet, values: dict[str, str]) -> tuple[Call, ...]:
    """The calls that the spec declares, in the function's scope, with sample values for what the deployment knows."""
    parts = (permission_set.partition, permission_set.region, permission_set.account)
    scope = DeploymentScope(*(substitute_parameters(str(part), PSEUDO_SAMPLES | values) for part in parts))
    filled = substitute_function_parameters(function, values)
    # `:` and `/` in a policy variable separate no parts of an ARN or name.
    return tuple(map(_with_variables, function_calls(replace_function_texts(filled, hide_separators), scope)))


def _with_variables(call: Call) -> Call:
    """The call with its policy variables as the spec has them."""
    requests = tuple(
        CallRequest(
            request.action,
            show_separators(request.resource),
            tuple(
                replace(condition, values=tuple(map(show_separators, condition.values)))
                for condition in request.conditions
            ),
        )
        for request in call.requests
    )
    return replace(call, requests=requests)


def _all_needs(function: SpecFunction, permission_set: PermissionSet) -> tuple[RequiredAccess, ...]:
    """The needs of all items of the spec, and those that its `raw` statements are."""
    scope = DeploymentScope(str(permission_set.partition), str(permission_set.region), str(permission_set.account))
    declared = tuple(need for part in function_requirements(function, scope) for need in part.needs)
    raw = tuple(
        RequiredAccess(item.actions, item.resources, "", raw_statement_reason(item), item.conditions)
        for item in function.raw
    )
    return (*declared, *raw)


@dataclass(frozen=True, slots=True)
class _NeededGrants:
    """A need, and each of its (action, resource) grants as an access set."""

    need: RequiredAccess
    grants: tuple[tuple[str, str, Access], ...]
    access: Access

    @classmethod
    def from_need(cls, need: RequiredAccess) -> _NeededGrants:
        """The need with the access of each pair of its actions and resources."""
        grants = tuple(
            (action, resource, _statements_access(allow_statement((action,), (resource,), conditions=need.conditions)))
            for action in need.actions
            for resource in need.resources
        )
        return cls(need, grants, union(access for _, _, access in grants))


def _statements_access(*statements: Statement) -> Access:
    return access_of([Policy(statements)])


class _Proof:
    """Computes the lines of one proof: requests come from the needs, decisions from the policies."""

    def __init__(self, needs: Sequence[_NeededGrants], policies: Sequence[Policy]) -> None:
        self.needs = needs
        self.required = union(needed.access for needed in needs)
        self.policies = policies
        self.granted = access_of(policies)
        self.prepared = prepare_policies(policies)
        self.location = most_named_location(policies)

    def lines(self) -> Iterator[ProofLine]:
        """Yield the lines: every need, the necessity of every part, near misses, and both inclusions as a whole."""
        tried: dict[tuple[str, str], Request] = {}
        for needed in self.needs:
            for action, resource, access in needed.grants:
                line, request = self._needed_line(needed.need, action, resource, access)
                yield line
                if request is not None:
                    tried.setdefault((action, resource), request)
        yield from self._necessity_lines()
        yield from self._near_miss_lines(tried)
        yield self._subset_line("the policy allows no access that is not needed", self.granted, self.required)
        yield self._subset_line("the policy allows all access that is needed", self.required, self.granted)

    def _needed_line(
        self, need: RequiredAccess, action: str, resource: str, access: Access
    ) -> tuple[ProofLine, Request | None]:
        """Prove that one grant of a need is allowed; also return the request that was evaluated, if there is one."""
        claim = f"{action} on {resource}"
        proof = prove_empty(access)
        if proof.witness is None:
            is_empty = proof.verdict is Verdict.EMPTY
            problem = "no request exists for this action on this resource" if is_empty else proof.reason
            return ProofLine(ProofSection.NEEDED, claim, False if is_empty else None, f"{need.reason}; {problem}"), None
        request = find_local_witness(access, proof.witness, self.location)
        reason = f"{need.reason}; {_UNLISTED}" if proof.unlisted_only else need.reason.text
        return ProofLine(ProofSection.NEEDED, claim, self._is_allowed(request), reason), request

    def _is_allowed(self, request: Request) -> bool | None:
        """The decision of the policies; None if it is undecided."""
        decision = evaluate(self.prepared, request)
        return None if decision.decision is EvaluationDecision.UNKNOWN else decision.allowed

    def _necessity_lines(self) -> Iterator[ProofLine]:
        """Yield a line for every statement, and for every action and resource of a statement."""
        for policy_index, policy in enumerate(self.policies):
            for statement_index, statement in enumerate(policy.statements):
                name = statement.sid or f"statement {statement_index + 1}"
                for claim, remaining in _reductions(name, statement):
                    statements = (
                        *policy.statements[:statement_index],
                        *remaining,
                        *policy.statements[statement_index + 1 :],
                    )
                    reduced = (
                        *self.policies[:policy_index],
                        replace(policy, statements=statements),
                        *self.policies[policy_index + 1 :],
                    )
                    yield self._necessity_line(claim, reduced)

    def _necessity_line(self, claim: str, reduced: Sequence[Policy]) -> ProofLine:
        """Prove a part of the policy necessary: find a needed request that the reduced policies do not allow."""
        lost = self.granted & self.required - access_of(reduced)
        proof = prove_empty(lost)
        if proof.witness is None:
            holds = False if proof.verdict is Verdict.EMPTY else None
            return ProofLine(
                ProofSection.NECESSARY, claim, holds, proof.reason or "every need is allowed without this part"
            )
        request = find_local_witness(lost, proof.witness, self.location)
        need_reason = next(needed.need.reason.text for needed in self.needs if needed.access.contains(request))
        holds = self._is_allowed(request) is True and not evaluate(reduced, request).allowed
        return ProofLine(ProofSection.NECESSARY, claim, holds, f"{need_reason}: {request.action} on {request.resource}")

    def _near_miss_lines(self, tried: dict[tuple[str, str], Request]) -> Iterator[ProofLine]:
        """Yield lines for other actions, similar names and other contexts of the requests that were evaluated."""
        resources: dict[tuple[str, str], Request] = {}
        for (action, _), request in tried.items():
            resources.setdefault((action.partition(":")[0], request.resource), request)
        for (service, resource), request in resources.items():
            named = [(sibling.action.partition(":")[2], sibling) for sibling in sibling_actions(request)]
            yield from self._denial_lines(f"no other action of {service} on {resource} is allowed", named)
        for (action, resource), request in tried.items():
            yield from self._denial_lines(
                f"{action} is not allowed on similar names of {resource}", list(neighbouring_resources(request))
            )
            yield from self._denial_lines(
                f"{action} on {resource} is not allowed in another context", list(other_contexts(request))
            )

    def _denial_lines(self, claim: str, named: Sequence[tuple[str, Request]]) -> Iterator[ProofLine]:
        """Yield one line that says whether all requests outside the needs are denied; none without such requests."""
        unneeded = [(name, request) for name, request in named if self.required.contains(request) is False]
        if not unneeded:
            return
        answers = [(name, self._is_allowed(request)) for name, request in unneeded]
        allowed = [name for name, answer in answers if answer]
        unknown = [name for name, answer in answers if answer is None]
        holds = False if allowed else None if unknown else True
        names = allowed or unknown or [name for name, _ in answers]
        prefix = "allowed: " if allowed else "undecided: " if unknown else f"{len(names):,} tried, such as "
        yield ProofLine(ProofSection.NEAR_MISS, claim, holds, prefix + ", ".join(names[:_SHOWN]))

    def _subset_line(self, claim: str, access: Access, limit: Access) -> ProofLine:
        """Prove that `limit` contains all of `access`."""
        comparison = compare_on_all_types(access, limit)
        holds = {
            ComparisonAnswer.NO_NEW_ACCESS: True,
            ComparisonAnswer.NEW_ACCESS: False,
            ComparisonAnswer.UNKNOWN: None,
        }[comparison.answer]
        request = comparison.witness and find_local_witness(access - limit, comparison.witness, self.location)
        reason = f"{request.action} on {request.resource}" if request else comparison.reason
        if comparison.unlisted_only:
            reason = f"{reason}; {_UNLISTED}"
        if comparison.future_only:
            holds, reason = True, f"true for today's actions; AWS may add actions that differ, such as {reason}"
        return ProofLine(ProofSection.EXACT, claim, holds, reason)


_SHOWN = 4
_UNLISTED = "AWS's reference lists no such resource for this action"


def _reductions(name: str, statement: Statement) -> Iterator[tuple[str, tuple[Statement, ...]]]:
    """Yield the statement without each of its parts: the removed part, and the remaining statements."""
    yield name, ()
    actions, resources = statement.actions.values, statement.resources.values if statement.resources else ()
    for action in actions if len(actions) > 1 else ():
        remaining = MatchList(tuple(value for value in actions if value != action))
        yield f"{name}: {action}", (replace(statement, actions=remaining),)
    for resource in resources if len(resources) > 1 else ():
        remaining = MatchList(tuple(value for value in resources if value != resource))
        yield f"{name}: {resource}", (replace(statement, resources=remaining),)
