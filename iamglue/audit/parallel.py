"""Roles evaluated in worker processes, if there are many: the same results, in the same order."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence

from iamglue.audit.audit_context import AuditContext
from iamglue.audit.evaluate import RoleEvaluation, evaluate_role
from iamglue.files.signals import exit_with_parent
from iamglue.model.own_rule_set import OwnRules
from iamglue.model.role_context import RoleContext
from iamglue.worker_pool import map_in_processes

# A worker reads the catalogue for itself, which takes as long as evaluating hundreds of roles.
_ROLES_PER_WORKER = 300
_CHUNK = 10


class _Worker:
    """The state of a worker process, set by `_begin`: the roles of the run, and what it caches."""

    contexts: Sequence[RoleContext]
    audit: AuditContext


def evaluate_roles(
    contexts: Sequence[RoleContext],
    processes: int,
    own_rules: OwnRules,
    report: Callable[[int, int], None] | None = None,
) -> list[RoleEvaluation]:
    """Evaluate each role; use up to `processes` worker processes if there are many roles.

    `report` is called with the number of evaluated roles and of all.
    """
    count = min(processes, len(contexts) // _ROLES_PER_WORKER + 1)
    if count < 2:
        return _evaluate_here(contexts, own_rules, report)
    # Under the start method `fork`, workers inherit what evaluating the first role reads of the catalogue.
    first = _evaluate_here(contexts[:1], own_rules)
    rest = map_in_processes(
        _evaluate,
        range(1, len(contexts)),
        count,
        chunk_size=_CHUNK,
        initializer=_begin,
        arguments=(contexts, own_rules),
        report=report,
    )
    return _evaluate_here(contexts, own_rules, report) if rest is None else [*first, *rest]


def _evaluate_here(
    contexts: Sequence[RoleContext], own_rules: OwnRules, report: Callable[[int, int], None] | None = None
) -> list[RoleEvaluation]:
    audit = AuditContext(own_rules)
    evaluations = []
    for context in contexts:
        evaluations.append(evaluate_role(context, audit))
        if report is not None:
            report(len(evaluations), len(contexts))
    return evaluations


def _begin(contexts: Sequence[RoleContext], own_rules: OwnRules) -> None:
    """Set up a worker process."""
    gc.disable()
    exit_with_parent()
    _Worker.contexts, _Worker.audit = contexts, AuditContext(own_rules)


def _evaluate(number: int) -> RoleEvaluation:
    return evaluate_role(_Worker.contexts[number], _Worker.audit)
