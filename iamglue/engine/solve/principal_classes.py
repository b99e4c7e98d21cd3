"""Classes of principals that the statements and principal keys of an access do not distinguish."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from iamglue.engine.evaluate.principals import principal_test
from iamglue.engine.evaluate.request import Request
from iamglue.engine.evaluate.truth import Truth
from iamglue.engine.solve.access import StatementTerm
from iamglue.engine.solve.principal_keys import KeyTests, KeyTruths, principal_key_truths
from iamglue.engine.solve.representatives import representative_principals


@dataclass(frozen=True, slots=True)
class PrincipalClass:
    """Principals, each with its position among all, that the same terms name and the same key tests hold for."""

    key_truths: KeyTruths
    names: tuple[Truth, ...]
    members: tuple[tuple[int, str | None], ...]


def find_principal_classes(terms: Sequence[StatementTerm], tests: KeyTests) -> tuple[PrincipalClass, ...]:
    """The classes, in the order of their first members."""
    classes: dict[tuple[KeyTruths, tuple[Truth, ...]], list[tuple[int, str | None]]] = {}
    for member in enumerate(representative_principals(terms)):
        request = Request("", "", {}, member[1])
        names = tuple(_names_principal(term, request) for term in terms)
        classes.setdefault((principal_key_truths(member[1], tests), names), []).append(member)
    return tuple(PrincipalClass(*key, tuple(members)) for key, members in classes.items())


def _names_principal(term: StatementTerm, request: Request) -> Truth:
    """Whether a term names the principal of a request; True if it has no Principal element."""
    element = term.statement.principals
    return True if element is None else principal_test(element)(request)
