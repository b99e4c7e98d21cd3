"""Checks what a rule in Python of another package gives: a value of a wrong type would fail far from the rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from iamglue.findings import Confidence, Fix, NotEvaluatedKind, Severity
from iamglue.lint.own_rules.policy_check import UndecidedRule
from iamglue.lint.own_rules.role_rule import RoleProblem, RoleRequest, UndecidedRole
from iamglue.lint.rule import Rule, RuleViolation
from iamglue.policy.parsed_policy import PolicyType
from iamglue.policy.source.nodes import Node

_Result = TypeVar("_Result")

_TYPES: dict[type, dict[str, tuple[type, ...]]] = {
    Rule: {
        "severity": (Severity,),
        "codes": (tuple, list),
        "types": (frozenset, set, tuple, list),
        "confidence": (Confidence,),
    },
    RuleViolation: {
        "node": (Node,),
        "message": (str,),
        "help": (str, type(None)),
        "code": (str, type(None)),
        "fix": (Fix, type(None)),
        "detail": (str,),
        "severity": (Severity, type(None)),
    },
    UndecidedRule: {"node": (Node,), "reason": (str,), "kind": (NotEvaluatedKind,)},
    RoleProblem: {
        "message": (str,),
        "request": (RoleRequest, type(None)),
        "help": (str, type(None)),
        "severity": (Severity, type(None)),
    },
    UndecidedRole: {"reason": (str,), "request": (RoleRequest, type(None))},
}
_ITEMS = {"codes": str, "types": PolicyType}


def checked_rule(rule: Rule) -> Rule:
    """The metadata of a rule. Raises TypeError for a value of a wrong type."""
    _check_fields(rule)
    for name, type_ in _ITEMS.items():
        for item in getattr(rule, name):
            if not isinstance(item, type_):
                raise TypeError(f"Rule.{name} must have {type_.__name__}, not {type(item).__name__}")
    return rule


def checked_policy_results(results: object) -> Iterator[RuleViolation | UndecidedRule]:
    """What `check` of a rule gives. Raises TypeError for anything else."""
    return _checked_results(results, "check", RuleViolation, UndecidedRule)


def checked_role_results(results: object) -> Iterator[RoleProblem | UndecidedRole]:
    """What `check_role` of a rule gives. Raises TypeError for anything else."""
    return _checked_results(results, "check_role", RoleProblem, UndecidedRole)


def _checked_results(results: object, function: str, *kinds: type[_Result]) -> Iterator[_Result]:
    """Yield the results of a function of a rule; raises TypeError for a result of another type."""
    for result in _items(results, function):
        if not isinstance(result, kinds):
            expected = " or ".join(kind.__name__ for kind in kinds)
            raise TypeError(f"{function} must yield {expected}, not {type(result).__name__}")
        _check_fields(result)
        yield result


def _items(results: Any, function: str) -> Iterable[object]:
    """The results, to be iterated; raises TypeError for a single value, such as one violation or None."""
    if not isinstance(results, Iterable):
        raise TypeError(f"{function} must yield its results or return a list, not {type(results).__name__}")
    return results


def _check_fields(value: object) -> None:
    """Raises TypeError for a field of a wrong type, of which the dataclass itself takes no notice."""
    kind = next(kind for kind in _TYPES if isinstance(value, kind))
    for name, types in _TYPES[kind].items():
        field = getattr(value, name)
        if not isinstance(field, types):
            expected = " or ".join("None" if item is type(None) else item.__name__ for item in types)
            raise TypeError(f"{kind.__name__}.{name} must be {expected}, not {type(field).__name__}")
