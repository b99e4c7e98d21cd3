"""Sample values for deployment parameters, so that a policy can be evaluated before it is deployed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from iamglue.catalog.resource_formats import action_resource_types, resource_type_formats
from iamglue.model.permission_set import DeploymentParameter
from iamglue.model.required_access import RequiredAccess
from iamglue.policy.conditions import Condition
from iamglue.policy.model import MatchList, Policy
from iamglue.policy.patterns.variables import TokenKind, substitute_parameters, tokenize

# Samples for the pseudo-parameters of a stack.
PSEUDO_SAMPLES = {"AWS::Partition": "aws", "AWS::Region": "us-east-1", "AWS::AccountId": "123456789012"}


def sample_values(needs: Sequence[RequiredAccess], parameters: Iterable[DeploymentParameter]) -> dict[str, str]:
    """A value for each parameter and pseudo-parameter in the needs; a whole-ARN parameter gets a valid ARN."""
    arn_parameters = {parameter.name for parameter in parameters if parameter.is_arn}
    values: dict[str, str] = {}
    for need in needs:
        texts = (*need.resources, *(value for condition in need.conditions for value in condition.values))
        for token in (token for text in texts for token in tokenize(text)):
            if token.kind is TokenKind.PSEUDO_PARAMETER and token.name in PSEUDO_SAMPLES:
                values[token.name] = PSEUDO_SAMPLES[token.name]
            elif token.kind is TokenKind.PARAMETER and token.name not in values:
                values[token.name] = (
                    _sample_arn(need, token.name) if token.name in arn_parameters else f"sample{token.name}"
                )
    return dict(sorted(values.items()))


def fill_need(need: RequiredAccess, values: dict[str, str]) -> RequiredAccess:
    """The need with the sample values substituted."""
    return replace(
        need, resources=_fill_texts(need.resources, values), conditions=_fill_conditions(need.conditions, values)
    )


def fill_policy(policy: Policy, values: dict[str, str]) -> Policy:
    """The policy with the sample values substituted."""
    return replace(
        policy,
        statements=tuple(
            replace(
                statement,
                resources=statement.resources
                and MatchList(_fill_texts(statement.resources.values, values), statement.resources.negated),
                conditions=_fill_conditions(statement.conditions, values),
            )
            for statement in policy.statements
        ),
    )


def _sample_arn(need: RequiredAccess, name: str) -> str:
    """A sample ARN of a resource type that the need's first action supports."""
    for kind in action_resource_types(need.actions[0]).values():
        form = resource_type_formats(need.actions[0], kind)[0]
        region = PSEUDO_SAMPLES["AWS::Region"] if form.has_region_field else form.region
        account = PSEUDO_SAMPLES["AWS::AccountId"] if form.has_account_field else form.account
        resource = form.fill_resource(dict.fromkeys(form.variables, f"sample{name}"))
        return f"arn:{PSEUDO_SAMPLES['AWS::Partition']}:{form.service}:{region}:{account}:{resource}"
    return f"sample{name}"


def _fill_texts(texts: tuple[str, ...], values: dict[str, str]) -> tuple[str, ...]:
    return tuple(substitute_parameters(text, values) for text in texts)


def _fill_conditions(conditions: tuple[Condition, ...], values: dict[str, str]) -> tuple[Condition, ...]:
    return tuple(replace(condition, values=_fill_texts(condition.values, values)) for condition in conditions)
