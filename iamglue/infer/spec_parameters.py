"""Parameters of templates and environment variables as those that a spec can have: names of letters and digits.

A reference of a template, such as `${Table.Arn}`, becomes the parameter `${TableArn}`, `TABLE_NAME` becomes
`${TableName}`.
"""

from __future__ import annotations

import re
from dataclasses import replace

from iamglue.generate.requirements.parameters import parameter_names, substitute_function_parameters
from iamglue.model.policy_file import PolicyFile
from iamglue.model.spec import SpecFunction
from iamglue.policy.model import Statement
from iamglue.policy.patterns.variables import (
    ACCOUNT_PARAMETER,
    PARTITION_PARAMETER,
    REGION_PARAMETER,
    TokenKind,
    tokenize,
)

_WORDS = re.compile(r"[A-Za-z0-9]+")
# In the texts of entries: a spec has no pseudo-parameters, since generated templates fill in Region and account.
_PSEUDO = {"AWS::Region": "${AWSRegion}", "AWS::AccountId": "${AWSAccountId}", "AWS::Partition": "${AWSPartition}"}


def spec_parameter(name: str) -> str:
    """The name of a parameter in a spec: `Table.Arn` is `TableArn`, and `TABLE_NAME` is `TableName`."""
    words = _WORDS.findall(name)
    if "_" in name and len(words) > 1:
        words = [word[:1].upper() + (word[1:].lower() if word.isupper() else word[1:]) for word in words]
    text = "".join(words)
    return text if text[:1].isalpha() else f"Value{text}"


def with_policy_parameters(file: PolicyFile) -> PolicyFile:
    """A policy of a template with the parameters that a spec can have. Other policies stay as they are."""
    statements = tuple(map(_renamed_statement, file.policy.statements))
    return replace(file, policy=replace(file.policy, statements=statements))


def _renamed_statement(statement: Statement) -> Statement:
    """The statement with parameters that a spec can have, in its resources and conditions."""
    resources = statement.resources
    return replace(
        statement,
        resources=resources and replace(resources, values=tuple(map(_renamed_text, resources.values))),
        conditions=tuple(
            replace(condition, values=tuple(map(_renamed_text, condition.values))) for condition in statement.conditions
        ),
    )


def _renamed_text(text: str) -> str:
    """The text with parameters that a spec can have; policy variables stay."""
    if "${" not in text:
        return text
    return "".join(
        f"${{{spec_parameter(token.name)}}}" if token.kind is TokenKind.PARAMETER else token.text
        for token in tokenize(text)
    )


def with_spec_parameters(function: SpecFunction) -> SpecFunction:
    """The function with the parameters that a spec can have; its own Region and account are those of the deployment."""
    function = replace(
        function,
        region=None if function.region == REGION_PARAMETER else function.region,
        account=None if function.account == ACCOUNT_PARAMETER else function.account,
        partition=None if function.partition == PARTITION_PARAMETER else function.partition,
    )
    names = {name: f"${{{spec_parameter(name)}}}" for name in parameter_names(function) if not name.isalnum()}
    return substitute_function_parameters(function, {**names, **_PSEUDO})
