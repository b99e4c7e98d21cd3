"""Permission sets as a Terraform file: roles, policies and invoke permissions."""

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
from iamglue.model.permission_set import FunctionSchedule, InvokePermission, PermissionSet
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
    """A permission set and its identifier in the file."""

    id: SafeText
    permission_set: PermissionSet


def render(permission_sets: Sequence[PermissionSet]) -> str:
    """File for all permission sets, in the layout of `terraform fmt`."""
    ids = terraform_identifiers(permission_set.function for permission_set in permission_sets)
    return render_template(
        "terraform.tf.j2",
        _FILTERS,
        functions=[TerraformPermissionSet(*pair) for pair in zip(ids, permission_sets, strict=True)],
        parameters=parameter_constraints(permission_sets),
        sources=_sources(permission_sets),
    )


def _sources(permission_sets: Sequence[PermissionSet]) -> list[SafeText]:
    """Data sources for the pseudo-parameters that the strings of the permission sets contain."""
    texts = (text for permission_set in permission_sets for text in _texts(permission_set))
    used = {token.text for text in texts for token in tokenize(text) if token.kind is TokenKind.PSEUDO_PARAMETER}
    return [SafeText(source) for pseudo, source in _SOURCES.items() if pseudo in used]


def _texts(permission_set: PermissionSet) -> Iterator[str]:
    """All strings of a permission set that may contain a pseudo-parameter."""
    yield permission_set.role_name
    yield permission_set.function
    for policy in (permission_set.trust, *(named.policy for named in permission_set.policies)):
        yield json.dumps(policy_data(policy))
    for permission in permission_set.invoke_permissions:
        yield from (value for _, value in _arguments(permission, permission_set) if isinstance(value, str))
    for schedule in permission_set.schedules:
        yield from (schedule.name, schedule.expression, schedule.target_arn)
        for policy in (schedule.role.trust, schedule.role.policy) if schedule.role else ():
            yield json.dumps(policy_data(policy))


def _arguments(permission: InvokePermission, permission_set: PermissionSet) -> list[tuple[str, Any]]:
    """Arguments of https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lambda_permission."""
    values = (
        ("statement_id", permission.statement_id),
        ("action", permission.action),
        ("function_name", permission_set.function),
        ("principal", permission.principal),
        ("source_arn", permission.source_arn),
        ("source_account", permission.source_account),
        ("event_source_token", permission.event_source_token),
        ("function_url_auth_type", permission.function_url_auth_type),
        ("invoked_via_function_url", permission.invoked_via_function_url),
    )
    return [(name, value) for name, value in values if value is not None]


def _permission(permission: InvokePermission, permission_set: PermissionSet) -> SafeText:
    return _body((name, expression_lines(value)) for name, value in _arguments(permission, permission_set))


def _schedule(schedule: FunctionSchedule) -> SafeText:
    """Arguments of an aws_cloudwatch_event_rule or an aws_scheduler_schedule."""
    group = [("group_name", schedule.group)] if schedule.group else []
    values = [("name", schedule.name), *group, ("schedule_expression", schedule.expression)]
    return _body((name, [string_expression(value)]) for name, value in values)


def _role(permission_set: PermissionSet) -> SafeText:
    """The name of the role and, if the spec has one, its description."""
    description = (
        [("description", [literal_string(role_description(permission_set.description))])]
        if permission_set.description
        else []
    )
    return _body([("name", [string_expression(permission_set.role_name)]), *description])


def _validation(parameter: ParameterConstraint) -> SafeText:
    """The arguments of a variable's `validation` block: its value must match the parameter's pattern."""
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
    "schedule": _schedule,
    "validation": _validation,
    "variable": lambda name: SafeText(variable_name(name)),
}
