"""Roles evaluated in worker processes, if there are many: the same results, in the same order."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence

from iamglue.audit.audit_context import AuditContext
from iamglue.audit.evaluate import RoleEvaluation, evaluate_role
from iamglue.files.signals import exit_with_parent
from iamglue.model.own_rule_set import OwnRules
from iamglue.model.role_context import RoleContext
from iamglue.processes.worker_pool import map_in_processes

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
    *,
    finds_routes: bool = False,
) -> list[RoleEvaluation]:
    """Evaluate each role; use up to `processes` worker processes if there are many roles.

    `report` is called with the number of evaluated roles and of all. `finds_routes`: with what each role can become.
    """
    audit = AuditContext(own_rules, finds_routes=finds_routes)
    count = min(processes, len(contexts) // _ROLES_PER_WORKER + 1)
    if count < 2:
        return _evaluate_here(contexts, audit, report)
    # Under the start method `fork`, workers inherit what evaluating the first role reads of the catalogue and caches:
    # the graph of who can become whom takes half a second for 2,000 roles.
    first = _evaluate_here(contexts[:1], audit)
    rest = map_in_processes(
        _evaluate,
        range(1, len(contexts)),
        count,
        chunk_size=_CHUNK,
        initializer=_begin,
        arguments=(contexts, audit),
        report=report,
    )
    return [*first, *(_evaluate_here(contexts[1:], audit, report) if rest is None else rest)]


def _evaluate_here(
    contexts: Sequence[RoleContext], audit: AuditContext, report: Callable[[int, int], None] | None = None
) -> list[RoleEvaluation]:
    """The evaluations of all roles, one after the other in this process."""
    evaluations = []
    for context in contexts:
        evaluations.append(evaluate_role(context, audit))
        if report is not None:
            report(len(evaluations), len(contexts))
    return evaluations


def _begin(contexts: Sequence[RoleContext], audit: AuditContext) -> None:
    """Set up a worker process."""
    gc.disable()
    exit_with_parent()
    _Worker.contexts, _Worker.audit = contexts, audit


def _evaluate(number: int) -> RoleEvaluation:
    return evaluate_role(_Worker.contexts[number], _Worker.audit)
