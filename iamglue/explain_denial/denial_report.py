"""Access denied messages explained, with the decisions of given policies on the denied requests.

`can --error` and the assistants' server use it.
"""

from __future__ import annotations

from dataclasses import dataclass

from iamglue.can import PolicySet, build_layers, evaluate_question
from iamglue.engine.evaluate.layers import Layers
from iamglue.engine.evaluate.request_evaluation import EvaluationResult
from iamglue.errors import IamglueError
from iamglue.explain_denial.explain import explain_denial
from iamglue.explain_denial.policy_changes import changes_without_resource, policy_changes
from iamglue.explain_denial.resources import is_masked
from iamglue.model.denial import AccessDenial, DenialPolicyType, DenialReport, PolicyChange
from iamglue.model.question import build_question


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """What the user says of the denied request, beyond its message. `input_name` is how an input is named in hints."""

    resource_account: str | None = None
    context: tuple[tuple[str, tuple[str, ...]], ...] = ()
    input_name: str = "{}"


def build_denial_report(
    denial: AccessDenial, facts: RequestFacts, policies: PolicySet
) -> tuple[DenialReport, IamglueError | None]:
    """The explanation of a denial with the decisions of the policies, and why these could not be evaluated.

    Raises IamglueError for a statement that is not valid in its policy type.
    """
    layers = build_layers(policies)
    evaluations, problem = _evaluate(denial, facts, layers) if layers.present else ((), None)
    return DenialReport(explain_denial(denial), evaluations, _changes(denial, evaluations, layers)), problem


def _changes(
    denial: AccessDenial, evaluations: tuple[EvaluationResult, ...], layers: Layers
) -> tuple[PolicyChange, ...]:
    """What to change in the given policies; none without policies, or if no IAM policy decided."""
    if denial.action is None or denial.other_cause or not layers.present:
        return ()
    if not evaluations:
        return changes_without_resource(denial, layers)
    changes = (change for evaluation in evaluations for change in policy_changes(denial, evaluation))
    return tuple(dict.fromkeys(changes))


def _evaluate(
    denial: AccessDenial, facts: RequestFacts, layers: Layers
) -> tuple[tuple[EvaluationResult, ...], IamglueError | None]:
    """Decisions of the given policies on the denied request, or an error if the message does not contain enough."""
    # A trust policy has no Resource: it is about its own role.
    resource = denial.resource or ("*" if denial.policy_type is DenialPolicyType.TRUST else None)
    if denial.action is None or resource is None:
        missing = "action" if denial.action is None else "resource"
        return (), IamglueError(f"the message does not contain the {missing}", hint=_give(facts, missing))
    if is_masked(resource):
        return (), IamglueError(f"the resource in the message is masked: `{resource}`", hint=_give(facts, "resource"))
    context = {**denial.context, **dict(facts.context)}
    try:
        return tuple(
            evaluate_question(
                layers,
                build_question(action, resource, context, denial.principal, facts.resource_account),
            ).effective
            for action in denial.actions
        ), None
    except IamglueError as error:
        return (), error


def _give(facts: RequestFacts, name: str) -> str:
    return f"give {facts.input_name.format(name)}"
