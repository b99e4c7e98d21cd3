"""Who can become whom in the accounts of an audit: the routes of each role, and of each user."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from iamglue.audit.audit_context import AuditContext
from iamglue.audit.evaluate import RoleEvaluation
from iamglue.findings import NotEvaluated, NotEvaluatedKind, Subject
from iamglue.model.escalation_map import PrincipalRoutes
from iamglue.model.role_context import AuditResult, RoleContext
from iamglue.model.written_names import gap_with_written_names, routes_with_written_names


def with_routes(
    audit: AuditResult, evaluated: Iterable[tuple[RoleContext, RoleEvaluation]], *, users: bool
) -> AuditResult:
    """The audit with the routes of its roles, and of the users of their accounts; its report has what is not known.

    `evaluated` are the evaluations of the roles, account by account. Roles of a template with conditions have the
    routes of all cases.
    """
    merged: dict[str, PrincipalRoutes] = {}
    for routes in _all_routes(evaluated, users=users):
        known = merged.get(routes.arn)
        merged[routes.arn] = routes if known is None else _merge(known, routes)
    gaps = dict.fromkeys([*audit.report.not_evaluated, *map(gap_with_written_names, _gaps(merged.values()))])
    report = replace(audit.report, not_evaluated=tuple(gaps))
    return replace(audit, report=report, routes=tuple(map(routes_with_written_names, merged.values())))


def _all_routes(evaluated: Iterable[tuple[RoleContext, RoleEvaluation]], *, users: bool) -> Iterator[PrincipalRoutes]:
    """Yield the routes of the roles, account by account; with `users`, those of its users after them."""
    context = AuditContext()
    for _, group in groupby(evaluated, lambda part: id(part[0].account)):
        parts = list(group)
        yield from (evaluation.routes for _, evaluation in parts if evaluation.routes is not None)
        if users:
            yield from context.user_routes(parts[0][0].account)


def _merge(first: PrincipalRoutes, second: PrincipalRoutes) -> PrincipalRoutes:
    """The routes of one role in two cases of a template."""
    return replace(
        first,
        is_administrator=first.is_administrator or second.is_administrator,
        data=tuple(dict.fromkeys((*first.data, *second.data))),
        trusted=tuple(dict.fromkeys((*first.trusted, *second.trusted))),
        routes=tuple(dict.fromkeys((*first.routes, *second.routes))),
        left_out=max(first.left_out, second.left_out),
        not_known=tuple(dict.fromkeys((*first.not_known, *second.not_known))),
    )


def _gaps(all_routes: Iterable[PrincipalRoutes]) -> Iterator[NotEvaluated]:
    """What is not known of the routes; of a role the audit says most of it by itself."""
    for routes in all_routes:
        subject = Subject("user" if routes.is_user else "role", routes.name, routes.arn)
        for unknown in routes.not_known:
            kind = NotEvaluatedKind.of(is_failure=unknown.is_failure)
            yield NotEvaluated(kind, subject, f"the access of the {subject.kind}", unknown.text)
