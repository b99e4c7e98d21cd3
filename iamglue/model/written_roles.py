"""Audits for people: with the expressions of templates in the names and ARNs of roles and functions."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from iamglue.model.account import DeployedFunction, Role
from iamglue.model.role_context import AuditResult, RoleContext
from iamglue.policy.patterns.variables import written_text

_Named = TypeVar("_Named", Role, DeployedFunction)


def result_with_written_names(result: AuditResult) -> AuditResult:
    """The audit with the template's own text in the names and ARNs of roles and functions, for reports."""
    role_results = (replace(item, context=_context(item.context)) for item in result.role_results)
    return replace(result, role_results=tuple(role_results))


def _context(context: RoleContext) -> RoleContext:
    """The context with the template's own text in names; the same object if there is none."""
    role, functions = _with_written_names(context.role), tuple(map(_with_written_names, context.functions))
    is_same = role is context.role and all(a is b for a, b in zip(functions, context.functions, strict=True))
    return context if is_same else replace(context, role=role, functions=functions)


def _with_written_names(value: _Named) -> _Named:
    name, arn = written_text(value.name), written_text(value.arn)
    return value if (name, arn) == (value.name, value.arn) else replace(value, name=name, arn=arn)
