"""A second, independent reading of IAM: does a list of identity policies allow one request?

It exists to judge what iamglue generates, so it imports nothing from iamglue, and it is short enough to be seen right
by reading it beside AWS's pages, all under https://docs.aws.amazon.com/IAM/latest/UserGuide/ :
evaluation: reference_policies_evaluation-logic_policy-eval-denyallow.html; variables: reference_policies_variables.html
actions, resources: reference_policies_elements_action.html, reference_policies_elements_resource.html
operators: reference_policies_elements_condition_operators.html,
  reference_policies_condition-single-vs-multi-valued-context-keys.html
What it does not know it refuses with ValueError, so that it never says yes or no by accident.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

ALLOWED, DENIED, NOT_ALLOWED = "allowed", "explicitly denied", "implicitly denied"
_STATEMENT_KEYS = {"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"}
_VARIABLE = re.compile(r"\$\{([^}]*)\}")
Context = Mapping[str, list[str]]


@dataclass(frozen=True)
class Request:
    """One action on one resource; `context` holds each condition key's values, one or more."""

    action: str
    resource: str
    context: Context = field(default_factory=dict)


def verdict(policies: Iterable[Mapping[str, Any]], request: Request) -> str:
    """An explicit Deny wins, an Allow comes next, and what nobody allows is denied."""
    effects = set()
    for policy in policies:
        for statement in _listed(policy["Statement"]):
            if _applies(statement, request):
                effects.add(statement["Effect"])
    if effects - {"Allow", "Deny"}:
        raise ValueError(f"unknown Effect in {effects}")
    return DENIED if "Deny" in effects else ALLOWED if "Allow" in effects else NOT_ALLOWED


def _applies(statement: Mapping[str, Any], request: Request) -> bool:
    if unknown := set(statement) - _STATEMENT_KEYS:
        raise ValueError(f"the judge does not know the statement keys {unknown}")
    context = {key.lower(): values for key, values in request.context.items()}
    return (
        _named(statement, "Action", lambda name: name == request.action or _action_matches(name, request.action))
        and _named(statement, "Resource", lambda pattern: _resource_matches(pattern, request.resource, context))
        and all(
            _condition_holds(operator, key, _listed(wanted), context)
            for operator, keys in statement.get("Condition", {}).items()
            for key, wanted in keys.items()
        )
    )


def _named(statement: Mapping[str, Any], element: str, matches: Any) -> bool:
    """Action or NotAction, Resource or NotResource: exactly one of the two must stand there."""
    if (element in statement) == (f"Not{element}" in statement):
        raise ValueError(f"a statement needs either {element} or Not{element}")
    if element in statement:
        return any(matches(pattern) for pattern in _listed(statement[element]))
    return not any(matches(pattern) for pattern in _listed(statement[f"Not{element}"]))


def _listed(value: Any) -> list[Any]:
    values = value if isinstance(value, list) else [value]
    return [str(one).lower() if isinstance(one, bool) else one for one in values]


@cache
def _action_matches(pattern: str, action: str) -> bool:
    """Neither prefix nor name is case-sensitive."""
    return _wild(pattern.lower(), action.lower(), {})


def _resource_matches(pattern: str, resource: str, context: Context) -> bool:
    """A wildcard stays within its segment, save in the last, the resource, which may hold colons itself."""
    if pattern == "*" or not resource.startswith("arn:"):
        return pattern in ("*", resource)
    patterns, segments = _split(pattern), resource.split(":", 5)
    return len(patterns) == len(segments) and all(map(lambda p, s: _wild(p, s, context), patterns, segments))


def _split(pattern: str) -> list[str]:
    """The six segments of an ARN pattern; a colon within `${aws:...}` parts nothing."""
    names = _VARIABLE.findall(pattern)
    segments = _VARIABLE.sub("\0", pattern).split(":", 5)
    return [re.sub("\0", lambda _: "${" + names.pop(0) + "}", segment) for segment in segments]


def _wild(pattern: str, text: str, context: Context, *, wildcards: bool = True) -> bool:
    """`*` is any run of characters, `?` any one; `${key}` is the request's value, letter by letter."""
    if not re.search(r"[*?$]", pattern):
        return pattern == text
    expression, at = "", 0
    for variable in _VARIABLE.finditer(pattern):
        value = _variable(variable[1], context)
        if value is None:
            return False  # a variable without a value makes the statement match nothing
        expression += _expression(pattern[at : variable.start()], wildcards=wildcards) + re.escape(value)
        at = variable.end()
    return bool(re.fullmatch(expression + _expression(pattern[at:], wildcards=wildcards), text, re.DOTALL))


@cache
def _expression(text: str, *, wildcards: bool) -> str:
    return "".join({"*": ".*", "?": "."}.get(letter if wildcards else "", re.escape(letter)) for letter in text)


def _variable(name: str, context: Context) -> str | None:
    if name in ("*", "?", "$"):
        return name
    values = context.get(name.lower(), [])
    return values[0] if len(values) == 1 else None


def _condition_holds(operator: str, key: str, wanted: list[str], context: Context) -> bool:
    quantifier, _, plain = operator.rpartition(":")
    values = context.get(key.lower())
    if operator == "Null":
        return (values is None) == (wanted == ["true"])
    if plain.endswith("IfExists"):
        plain = plain.removesuffix("IfExists")
        if values is None:
            return True
    matching = [any(_holds(plain, want, value, context) for want in wanted) for value in values or []]
    if quantifier == "ForAllValues":
        return all(matching)
    if quantifier not in ("", "ForAnyValue") or (not quantifier and len(matching) > 1):
        raise ValueError(f"{operator} on {values}: the judge knows one value, ForAllValues and ForAnyValue")
    return any(matching)


def _holds(operator: str, wanted: str, value: str, context: Context) -> bool:
    match operator:
        case "StringEquals":
            return _wild(wanted, value, context, wildcards=False)
        case "StringLike":
            return _wild(wanted, value, context)
        case "ArnLike" | "ArnEquals":
            return _resource_matches(wanted, value, context)
        case "Bool":
            return wanted.lower() == value.lower()
    raise ValueError(f"the judge does not know the operator {operator}")
