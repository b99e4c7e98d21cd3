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
    elements = [term.statement.principals for term in terms]
    name_tests = [None if element is None else principal_test(element) for element in elements]
    for member in enumerate(representative_principals(terms)):
        request = Request("", "", {}, member[1])
        # A statement without Principal element applies to each of them.
        names = tuple(True if test is None else test(request) for test in name_tests)
        classes.setdefault((principal_key_truths(member[1], tests), names), []).append(member)
    return tuple(PrincipalClass(*key, tuple(members)) for key, members in classes.items())
