"""Bundles as a Terraform file: roles, policies and invoke permissions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from iamglue.formats.policies.document_mapping import require_fixed_keys
from iamglue.formats.policies.hcl import (
    attribute_lines,
    expression_lines,
    literal_string,
    string_expression,
    variable_name,
)
from iamglue.formats.policies.names import terraform_identifiers
from iamglue.formats.policies.parameters import ParameterConstraint, parameter_constraints
from iamglue.formats.templates import Filters, render_template
from iamglue.formats.words.safe_text import SafeText, comment, counterpart_comment, role_description
from iamglue.model.permission_set import InvokePermission, PermissionSet
from iamglue.policy.document import policy_data
from iamglue.policy.model import Policy
from iamglue.policy.patterns.variables import (
    ACCOUNT_PARAMETER,
    PARTITION_PARAMETER,
    REGION_PARAMETER,
    TokenKind,
    tokenize,
)

_SOURCES = {
    ACCOUNT_PARAMETER: "aws_caller_identity",
    PARTITION_PARAMETER: "aws_partition",
    REGION_PARAMETER: "aws_region",
}


@dataclass(frozen=True, slots=True)
class TerraformPermissionSet:
    """A bundle and its identifier in the file."""

    id: SafeText
    permission_set: PermissionSet


def render(bundles: Sequence[PermissionSet]) -> str:
    """The file for all of `bundles`, as `terraform fmt` would leave it."""
    ids = terraform_identifiers(bundle.function for bundle in bundles)
    return render_template(
        "terraform.tf.j2",
        _FILTERS,
        functions=[TerraformPermissionSet(*pair) for pair in zip(ids, bundles, strict=True)],
        parameters=parameter_constraints(bundles),
        sources=_sources(bundles),
    )


def _sources(bundles: Sequence[PermissionSet]) -> list[SafeText]:
    """The data sources for what the strings of `bundles` leave to the deployment."""
    texts = (text for bundle in bundles for text in _texts(bundle))
    used = {token.text for text in texts for token in tokenize(text) if token.kind is TokenKind.PSEUDO_PARAMETER}
    return [SafeText(source) for pseudo, source in _SOURCES.items() if pseudo in used]


def _texts(bundle: PermissionSet) -> Iterator[str]:
    yield bundle.role_name
    yield bundle.function
    for policy in (bundle.trust, *(named.policy for named in bundle.policies)):
        yield json.dumps(policy_data(policy))
    for permission in bundle.invoke_permissions:
        yield from (value for _, value in _arguments(permission, bundle) if isinstance(value, str))


def _arguments(permission: InvokePermission, bundle: PermissionSet) -> list[tuple[str, Any]]:
    """https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lambda_permission."""
    wanted = (
        ("statement_id", permission.statement_id),
        ("action", permission.action),
        ("function_name", bundle.function),
        ("principal", permission.principal),
        ("source_arn", permission.source_arn),
        ("source_account", permission.source_account),
        ("event_source_token", permission.event_source_token),
        ("function_url_auth_type", permission.function_url_auth_type),
        ("invoked_via_function_url", permission.invoked_via_function_url),
    )
    return [(name, value) for name, value in wanted if value is not None]


def _permission(permission: InvokePermission, bundle: PermissionSet) -> SafeText:
    return _body((name, expression_lines(value)) for name, value in _arguments(permission, bundle))


def _role(bundle: PermissionSet) -> SafeText:
    described = [("description", [literal_string(role_description(bundle.description))])] if bundle.description else []
    return _body([("name", [string_expression(bundle.role_name)]), *described])


def _validation(parameter: ParameterConstraint) -> SafeText:
    name = variable_name(parameter.name)
    condition = f"can(regex({literal_string(parameter.pattern)}, var.{name}))"
    message = literal_string(f"{parameter.name} {parameter.expected}.")
    return _body([("condition", [condition]), ("error_message", [message])], indent=4)


def _policy(policy: Policy) -> SafeText:
    return SafeText("\n  ".join(expression_lines(require_fixed_keys(policy_data(policy)))))


def _body(pairs: Any, indent: int = 2) -> SafeText:
    return SafeText(f"\n{' ' * indent}".join(attribute_lines(pairs)))


_FILTERS: Filters = {
    "arguments": _permission,
    "comment": comment,
    "hcl": lambda text: SafeText(string_expression(text)),
    "number": lambda number: SafeText(str(int(number))),
    "peer": counterpart_comment,
    "policy": _policy,
    "role": _role,
    "validation": _validation,
    "variable": lambda name: SafeText(variable_name(name)),
}
