"""Bundles as a Terraform file: roles, policies and invoke permissions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from iamglue.formats.policies.hcl import attributes, expression, literal, string, variable_name
from iamglue.formats.policies.mapping import fixed_keys
from iamglue.formats.policies.names import identifiers
from iamglue.formats.policies.parameters import Checked, checked_parameters
from iamglue.formats.templates import Filters, rendered
from iamglue.formats.words.safe_text import Written, comment, peer_comment, role_description
from iamglue.model.permission_set import Bundle, InvokePermission
from iamglue.policy.document import document
from iamglue.policy.model import Policy
from iamglue.policy.patterns.variables import ACCOUNT, PARTITION, REGION, Kind, tokens

_SOURCES = {ACCOUNT: "aws_caller_identity", PARTITION: "aws_partition", REGION: "aws_region"}


@dataclass(frozen=True, slots=True)
class Part:
    """A bundle and its identifier in the file."""

    id: Written
    bundle: Bundle


def render(bundles: Sequence[Bundle]) -> str:
    """The file for all of `bundles`, as `terraform fmt` would leave it."""
    ids = identifiers(bundle.function for bundle in bundles)
    return rendered(
        "terraform.tf.j2",
        _FILTERS,
        functions=[Part(*pair) for pair in zip(ids, bundles, strict=True)],
        parameters=checked_parameters(bundles),
        sources=_sources(bundles),
    )


def _sources(bundles: Sequence[Bundle]) -> list[Written]:
    """The data sources for what the strings of `bundles` leave to the deployment."""
    texts = (text for bundle in bundles for text in _texts(bundle))
    used = {token.text for text in texts for token in tokens(text) if token.kind is Kind.PSEUDO}
    return [Written(source) for pseudo, source in _SOURCES.items() if pseudo in used]


def _texts(bundle: Bundle) -> Iterator[str]:
    yield bundle.role_name
    yield bundle.function
    for policy in (bundle.trust, *(named.policy for named in bundle.policies)):
        yield json.dumps(document(policy))
    for permission in bundle.permissions:
        yield from (value for _, value in _arguments(permission, bundle) if isinstance(value, str))


def _arguments(permission: InvokePermission, bundle: Bundle) -> list[tuple[str, Any]]:
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


def _permission(permission: InvokePermission, bundle: Bundle) -> Written:
    return _body((name, expression(value)) for name, value in _arguments(permission, bundle))


def _role(bundle: Bundle) -> Written:
    described = [("description", [literal(role_description(bundle.description))])] if bundle.description else []
    return _body([("name", [string(bundle.role_name)]), *described])


def _validation(parameter: Checked) -> Written:
    name = variable_name(parameter.name)
    condition = f"can(regex({literal(parameter.pattern)}, var.{name}))"
    message = literal(f"{parameter.name} {parameter.expected}.")
    return _body([("condition", [condition]), ("error_message", [message])], indent=4)


def _policy(policy: Policy) -> Written:
    return Written("\n  ".join(expression(fixed_keys(document(policy)))))


def _body(pairs: Any, indent: int = 2) -> Written:
    return Written(f"\n{' ' * indent}".join(attributes(pairs)))


_FILTERS: Filters = {
    "arguments": _permission,
    "comment": comment,
    "hcl": lambda text: Written(string(text)),
    "number": lambda number: Written(str(int(number))),
    "peer": peer_comment,
    "policy": _policy,
    "role": _role,
    "validation": _validation,
    "variable": lambda name: Written(variable_name(name)),
}
