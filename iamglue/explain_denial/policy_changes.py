"""Which statement of the given policies to change, so that a denied request is allowed."""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.engine.evaluate.decision import EvaluationDecision, StatementRef
from iamglue.engine.evaluate.layer_results import LayerResult
from iamglue.engine.evaluate.layers import Layer, Layers
from iamglue.engine.evaluate.policy_kinds import PolicyKind
from iamglue.engine.evaluate.request import Request
from iamglue.engine.evaluate.request_evaluation import EvaluationResult
from iamglue.engine.evaluate.statements import PreparedStatement
from iamglue.explain_denial.principals import statement_principal
from iamglue.model.denial import AccessDenial, Change, DenialPolicyType, PolicyChange
from iamglue.policy.arns import is_single_star
from iamglue.policy.model import Effect, Statement

_MAX_NAMES = 3


def policy_changes(denial: AccessDenial, evaluation: EvaluationResult) -> tuple[PolicyChange, ...]:
    """The changes of the given policies by which the request would be allowed, as far as these policies decide it."""
    denying, undecided = tuple(_deny_changes(evaluation)), tuple(_undecided_denies(evaluation))
    if denying or (undecided and (denial.is_explicit or evaluation.decision is EvaluationDecision.UNKNOWN)):
        return (*denying, *undecided)
    layers = _deciding_layers(denial, evaluation)
    if denial.is_explicit:
        # A message may report an explicit deny if no SCP of a level allows the request:
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
        layers = [result for result in layers if result.layer.kind is PolicyKind.SCP]
    if evaluation.allowed or not layers:
        return (_no_change(denial, evaluation),)
    return (*(_allowing_change(result, denial, evaluation.request) for result in layers), *undecided)


def changes_without_resource(denial: AccessDenial, layers: Layers) -> tuple[PolicyChange, ...]:
    """The statements to look at if the message does not name the resource, so that no decision is possible."""
    wanted = _policy_kind(denial.policy_type or DenialPolicyType.IDENTITY)
    return tuple(
        change for layer in layers.present if layer.kind is wanted for change in _statements_to_check(denial, layer)
    )


def _policy_kind(policy_type: DenialPolicyType | str | None) -> PolicyKind | None:
    """The kind of policy that a message names; None if it names none that is known."""
    return policy_type.kind if isinstance(policy_type, DenialPolicyType) else None


def _deny_changes(evaluation: EvaluationResult) -> Iterator[PolicyChange]:
    """Every Deny that applies."""
    text = f"the Deny denies {evaluation.request.action}: except the request from it, or delete it"
    for result in evaluation.layer_results:
        for ref in result.denies:
            yield _statement_change(Change.CHANGE_DENY, result.layer, ref, text)


def _undecided_denies(evaluation: EvaluationResult) -> Iterator[PolicyChange]:
    """Every Deny that may apply."""
    text = f"the Deny may deny {evaluation.request.action}: give the keys of its conditions with --context"
    for result in evaluation.layer_results:
        for ref in result.maybe_denies:
            yield _statement_change(Change.CHECK_STATEMENT, result.layer, ref, text)


def _no_change(denial: AccessDenial, evaluation: EvaluationResult) -> PolicyChange:
    """Why the given policies do not explain the message."""
    kind = denial.policy_type or "policy"
    look_at = f"the {kind} {denial.policy}" if denial.policy else f"{kind.removesuffix('y')}ies that were not given"
    if kind == DenialPolicyType.BOUNDARY and not denial.policy:
        look_at = "the permissions boundary"
    if evaluation.allowed:
        text = "the given policies allow the request: they are not those of the request, or were changed since"
    else:
        text = "none of the given policies has the Deny of the message"
    return PolicyChange(Change.NONE, f"{text}; look at {look_at}")


def _deciding_layers(denial: AccessDenial, evaluation: EvaluationResult) -> list[LayerResult]:
    """The layers that must allow and do not: those of the message's policy type, or else all."""
    lacking = [result for result in evaluation.layer_results if result.allowed is not True]
    named = [result for result in lacking if result.layer.kind is _policy_kind(denial.policy_type)]
    if named:
        return named
    # Within an account the identity-based policy is enough, so a resource-based policy is changed only if it is alone.
    others = [result for result in lacking if result.layer.kind is not PolicyKind.RESOURCE]
    return others if others and evaluation.decision is not EvaluationDecision.ALLOWED else lacking


def _allowing_change(result: LayerResult, denial: AccessDenial, request: Request) -> PolicyChange:
    """The nearest statement of a layer, or a new one in its last policy."""
    candidates: list[tuple[int, PolicyChange]] = []
    for prepared in result.layer.prepared.statements:
        if prepared.statement.effect is Effect.ALLOW:
            candidate = _candidate(prepared, result.layer, denial, request)
            if candidate is not None:
                candidates.append(candidate)
    if candidates:
        return min(candidates, key=lambda candidate: candidate[0])[1]
    text = f"no statement is about {request.action} on this resource: add the proposed statement to the policy"
    return PolicyChange(Change.ADD_STATEMENT, text, result.layer.names[-1])


def _candidate(
    prepared: PreparedStatement, layer: Layer, denial: AccessDenial, request: Request
) -> tuple[int, PolicyChange] | None:
    """A change of one Allow statement, after how much else it would allow; None if it is not about the request."""
    action, resource = request.action, request.resource
    unmet = [name for name, test in prepared.tests if test(request) is not True]
    statement, ref = prepared.statement, prepared.ref
    elements = {name for name in unmet if name in ("Resource", "NotResource", "Principal", "NotPrincipal")}
    if prepared.matches_action(action.lower()):
        if not elements:
            text = f"it allows {action} only under its conditions, which are not met: {', '.join(unmet)}"
            return 2, _statement_change(Change.CHANGE_CONDITION, layer, ref, text)
        if unmet == ["Resource"] and not statement.actions.negated:
            rest = _name_list(statement.actions.values, action)
            text = f"it allows {action} on other resources: add `{resource}` to its Resource"
            text += f", which then also applies to {rest}" if rest else ""
            return (3 if rest else 1), _statement_change(Change.ADD_RESOURCE, layer, ref, text)
        if unmet == ["Principal"]:
            (principal, _) = statement_principal(denial)
            text = f"it allows {action} to other principals: add `{principal.value}` to its Principal"
            return 1, _statement_change(Change.ADD_PRINCIPAL, layer, ref, text)
        return None
    if unmet or statement.actions.negated or not _is_specific(statement, layer):
        return None
    rest = _name_list(statement.resources.values if statement.resources else (), resource)
    text = f"it allows other actions on the resource: add {action} to its Action"
    text += f", which then is allowed on all of {rest}" if rest else ""
    return (4 if rest else 0), _statement_change(Change.ADD_ACTION, layer, ref, text)


def _is_specific(statement: Statement, layer: Layer) -> bool:
    """Whether the statement is about certain resources: an action that is added to `*` would be allowed everywhere."""
    if layer.kind in (PolicyKind.BOUNDARY, PolicyKind.SCP):
        return True
    resources = statement.resources
    return resources is None or not (resources.negated or any(map(is_single_star, resources.values)))


def _statements_to_check(denial: AccessDenial, layer: Layer) -> Iterator[PolicyChange]:
    """The statements about each action, or that there is none."""
    for action in denial.actions:
        matching = [prepared for prepared in layer.prepared.statements if prepared.matches_action(action.lower())]
        for prepared in matching:
            resources = prepared.statement.resources
            where = _name_list(resources.values if resources else (), None) or "its resource"
            verb = "allows" if prepared.statement.effect is Effect.ALLOW else "denies"
            except_for = "all resources except " if resources and resources.negated else ""
            text = f"it {verb} {action} on {except_for}{where}: the resource that the message does not name decides"
            yield _statement_change(Change.CHECK_STATEMENT, layer, prepared.ref, text)
        if not any(prepared.statement.effect is Effect.ALLOW for prepared in matching):
            text = f"no statement allows {action}: add the proposed statement to the policy"
            yield PolicyChange(Change.ADD_STATEMENT, text, layer.names[-1])


def _name_list(values: tuple[str, ...], other_than: str | None) -> str:
    """The first of the values other than one, joined for a sentence."""
    others = [f"`{value}`" for value in values if other_than is None or value.lower() != other_than.lower()]
    more = len(others) - _MAX_NAMES
    return ", ".join(others[:_MAX_NAMES]) + (f" and {more} more" if more > 0 else "")


def _statement_change(change: Change, layer: Layer, ref: StatementRef, text: str) -> PolicyChange:
    return PolicyChange(change, text, layer.names[ref.policy], ref)
