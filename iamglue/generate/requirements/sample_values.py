"""Sample values in place of what only a deployment knows, so that a policy can be tried before it is deployed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from iamglue.catalog.resource_formats import action_resource_types, resource_type_formats
from iamglue.model.permission_set import DeploymentParameter
from iamglue.model.required_access import RequiredAccess
from iamglue.policy.conditions import Condition
from iamglue.policy.model import MatchList, Policy
from iamglue.policy.patterns.variables import TokenKind, substitute_parameters, tokenize

_PSEUDO = {"AWS::Partition": "aws", "AWS::Region": "us-east-1", "AWS::AccountId": "123456789012"}


def sample_values(needs: Sequence[RequiredAccess], parameters: Iterable[DeploymentParameter]) -> dict[str, str]:
    """A value for each parameter and pseudo-parameter that the needs hold; one that is an ARN is a resource's."""
    whole = {parameter.name for parameter in parameters if parameter.is_arn}
    found: dict[str, str] = {}
    for need in needs:
        texts = (*need.resources, *(value for each in need.conditions for value in each.values))
        for token in (token for text in texts for token in tokenize(text)):
            if token.kind is TokenKind.PSEUDO_PARAMETER and token.name in _PSEUDO:
                found[token.name] = _PSEUDO[token.name]
            elif token.kind is TokenKind.PARAMETER and token.name not in found:
                found[token.name] = _arn(need, token.name) if token.name in whole else f"sample{token.name}"
    return dict(sorted(found.items()))


def fill_need(need: RequiredAccess, values: dict[str, str]) -> RequiredAccess:
    """The need with the values in place."""
    return replace(need, resources=_texts(need.resources, values), conditions=_conditions(need.conditions, values))


def fill_policy(policy: Policy, values: dict[str, str]) -> Policy:
    """The policy with the values in place."""
    return replace(
        policy,
        statements=tuple(
            replace(
                each,
                resources=each.resources and MatchList(_texts(each.resources.values, values), each.resources.negated),
                conditions=_conditions(each.conditions, values),
            )
            for each in policy.statements
        ),
    )


def _arn(need: RequiredAccess, name: str) -> str:
    """An ARN of a resource that the need's first action takes."""
    for kind in action_resource_types(need.actions[0]).values():
        form = resource_type_formats(need.actions[0], kind)[0]
        region = _PSEUDO["AWS::Region"] if form.has_region_field else form.region
        account = _PSEUDO["AWS::AccountId"] if form.has_account_field else form.account
        resource = form.fill_resource(dict.fromkeys(form.variables, f"sample{name}"))
        return f"arn:{_PSEUDO['AWS::Partition']}:{form.service}:{region}:{account}:{resource}"
    return f"sample{name}"


def _texts(texts: tuple[str, ...], values: dict[str, str]) -> tuple[str, ...]:
    return tuple(substitute_parameters(text, values) for text in texts)


def _conditions(conditions: tuple[Condition, ...], values: dict[str, str]) -> tuple[Condition, ...]:
    return tuple(replace(each, values=_texts(each.values, values)) for each in conditions)
