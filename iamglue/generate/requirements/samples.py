"""Sample values in place of what only a deployment knows, so that a policy can be tried before it is deployed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from iamglue.catalog.shapes import formats, types_of
from iamglue.model.need import Need
from iamglue.model.permission_set import Parameter
from iamglue.policy.conditions import Condition
from iamglue.policy.model import Patterns, Policy
from iamglue.policy.patterns.variables import Kind, substitute, tokens

_PSEUDO = {"AWS::Partition": "aws", "AWS::Region": "us-east-1", "AWS::AccountId": "123456789012"}


def samples(needs: Sequence[Need], parameters: Iterable[Parameter]) -> dict[str, str]:
    """A value for each parameter and pseudo-parameter that the needs hold; one that is an ARN is a resource's."""
    whole = {parameter.name for parameter in parameters if parameter.is_arn}
    found: dict[str, str] = {}
    for need in needs:
        texts = (*need.resources, *(value for each in need.conditions for value in each.values))
        for token in (token for text in texts for token in tokens(text)):
            if token.kind is Kind.PSEUDO and token.name in _PSEUDO:
                found[token.name] = _PSEUDO[token.name]
            elif token.kind is Kind.PARAMETER and token.name not in found:
                found[token.name] = _arn(need, token.name) if token.name in whole else f"sample{token.name}"
    return dict(sorted(found.items()))


def filled_need(need: Need, values: dict[str, str]) -> Need:
    """The need with the values in place."""
    return replace(need, resources=_texts(need.resources, values), conditions=_conditions(need.conditions, values))


def filled_policy(policy: Policy, values: dict[str, str]) -> Policy:
    """The policy with the values in place."""
    return replace(
        policy,
        statements=tuple(
            replace(
                each,
                resources=each.resources and Patterns(_texts(each.resources.values, values), each.resources.negated),
                conditions=_conditions(each.conditions, values),
            )
            for each in policy.statements
        ),
    )


def _arn(need: Need, name: str) -> str:
    """An ARN of a resource that the need's first action takes."""
    for kind in types_of(need.actions[0]).values():
        form = formats(need.actions[0], kind)[0]
        region = _PSEUDO["AWS::Region"] if form.takes_region else form.region
        account = _PSEUDO["AWS::AccountId"] if form.takes_account else form.account
        resource = form.fill(dict.fromkeys(form.variables, f"sample{name}"))
        return f"arn:{_PSEUDO['AWS::Partition']}:{form.service}:{region}:{account}:{resource}"
    return f"sample{name}"


def _texts(texts: tuple[str, ...], values: dict[str, str]) -> tuple[str, ...]:
    return tuple(substitute(text, values) for text in texts)


def _conditions(conditions: tuple[Condition, ...], values: dict[str, str]) -> tuple[Condition, ...]:
    return tuple(replace(each, values=_texts(each.values, values)) for each in conditions)
