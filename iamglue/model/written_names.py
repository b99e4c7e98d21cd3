"""Findings and routes for people: with the expressions of templates in place of the names for unknown values."""

from __future__ import annotations

from dataclasses import replace

from iamglue.findings import EscalationHop, Finding, HopStatement, NotEvaluated, Subject
from iamglue.model.escalation_map import EscalationRoute, PrincipalRoutes
from iamglue.policy.patterns.variables import written_text


def with_written_names(finding: Finding) -> Finding:
    """The finding with the template's own text in its message, help, subject, consequences and chain."""
    changed = {
        "message": written_text(finding.message),
        "help": None if finding.help is None else written_text(finding.help),
        "subject": _subject(finding.subject),
        "consequences": tuple(map(with_written_names, finding.consequences)),
        "chain": tuple(map(_hop, finding.chain)),
        "document": finding.document and replace(finding.document, path=written_text(finding.document.path)),
    }
    is_same = all(getattr(finding, name) == value for name, value in changed.items())
    return finding if is_same else replace(finding, **changed)  # type: ignore[arg-type] # the types are those of the fields


def gap_with_written_names(gap: NotEvaluated) -> NotEvaluated:
    """What was not evaluated, with the template's own text."""
    changed = {
        "subject": _subject(gap.subject),
        "what": written_text(gap.what),
        "reason": written_text(gap.reason),
    }
    is_same = all(getattr(gap, name) == value for name, value in changed.items())
    return gap if is_same else replace(gap, **changed)  # type: ignore[arg-type] # as above


def _subject(subject: Subject) -> Subject:
    arn = None if subject.arn is None else written_text(subject.arn)
    return Subject(subject.kind, written_text(subject.name), arn)


def routes_with_written_names(routes: PrincipalRoutes) -> PrincipalRoutes:
    """The routes of a role or user with the template's own text in all names and texts."""
    data = (replace(item, statements=_statements(item.statements)) for item in routes.data)
    trusted = (
        replace(item, name=written_text(item.name), statement=_statement(item.statement)) for item in routes.trusted
    )
    return replace(
        routes,
        name=written_text(routes.name),
        arn=written_text(routes.arn),
        account=written_text(routes.account),
        data=tuple(data),
        trusted=tuple(trusted),
        routes=tuple(map(_route, routes.routes)),
        not_known=tuple(replace(unknown, text=written_text(unknown.text)) for unknown in routes.not_known),
    )


def _route(route: EscalationRoute) -> EscalationRoute:
    """The route with the template's own text in its names and reasons."""
    holder = None if route.holder is None else written_text(route.holder)
    effect, unknown = written_text(route.effect), written_text(route.unknown)
    return replace(route, hops=tuple(map(_hop, route.hops)), holder=holder, effect=effect, unknown=unknown)


def _hop(hop: EscalationHop) -> EscalationHop:
    """The hop with the template's own text in its names and statements."""
    target = None if hop.target is None else written_text(hop.target)
    name, source, unknown = map(written_text, (hop.name, hop.source, hop.unknown))
    return EscalationHop(name, source, target, _statements(hop.statements), unknown)


def _statements(statements: tuple[HopStatement, ...]) -> tuple[HopStatement, ...]:
    return tuple(map(_statement, statements))


def _statement(item: HopStatement) -> HopStatement:
    return replace(item, role=written_text(item.role), policy=written_text(item.policy), text=written_text(item.text))
