"""The policy templates of the Serverless Application Model: `S3ReadPolicy: {BucketName: images}`.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-template-list.html
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from iamglue.catalog.tables import json_document, table_rows
from iamglue.policy.patterns.variables import substitute_parameters
from iamglue.spelling import nearest_word


def sam_policy_document(name: str, values: Mapping[str, str]) -> dict[str, Any] | None:
    """The document of a template with parameter values filled in; None if SAM has no such template.

    It has no Version, because SAM writes none.
    """
    statements = json_document("sam_policies")["templates"].get(name)
    return None if statements is None else {"Statement": fill_parameters(statements, dict(values))}


def sam_policy_parameters(name: str) -> tuple[str, ...] | None:
    """The parameters that a template requires; None if SAM has no such template. All names: `sam_policy_names`."""
    return _parameters().get(name)


def sam_policy_names() -> tuple[str, ...]:
    """The names of all templates."""
    return tuple(_parameters())


def suggested_sam_policy(name: str) -> str:
    """What a name that SAM does not have may stand for, with its parameters, as a text; empty if nothing is similar."""
    suggestion = nearest_word(name, sam_policy_names())
    return f"`{suggestion}`{parameters_text(suggestion)}" if suggestion else ""


def parameters_text(name: str) -> str:
    """The parameters that a template requires, as a text that follows its name."""
    parameters = sam_policy_parameters(name)
    return ", with " + " and ".join(f"`{parameter}`" for parameter in parameters) if parameters else ""


@cache
def _parameters() -> dict[str, tuple[str, ...]]:
    return {row["name"]: tuple(row["parameters"].split()) for row in table_rows("sam_templates")}


def fill_parameters(value: Any, values: dict[str, str]) -> Any:
    """Statements of a table with the values of their parameters filled in."""
    if isinstance(value, str):
        return substitute_parameters(value, values)
    if isinstance(value, list):
        return [fill_parameters(item, values) for item in value]
    return {name: fill_parameters(item, values) for name, item in value.items()}
