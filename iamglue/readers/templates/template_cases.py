"""Reads the account of a template once for each combination of its conditions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from itertools import islice, product

from iamglue.findings import NotEvaluated, NotEvaluatedKind, Subject
from iamglue.model.account import Account
from iamglue.policy.source.nodes import Node
from iamglue.readers.templates.condition_expressions import condition_text
from iamglue.readers.templates.template_conditions import condition_cases, select_case

MAX_CASES = 16


def read_cases(root: Node, settings: Mapping[str, str], read: Callable[[Node], Account]) -> Account:
    """The account of a template, with its cases if parameters without a known value decide its conditions.

    `read` reads the account of a template.
    """
    combinations = condition_cases(root, settings)
    cases = [replace(read(select_case(root, case)), conditions=_pairs(case)) for case in combinations.cases]
    if len(cases) == 1:
        return replace(cases[0], conditions=())
    return with_cases(read(root), [flat for case in cases for flat in flat_cases(case)], complete=combinations.complete)


def with_cases(account: Account, cases: Iterable[Account], *, complete: bool) -> Account:
    """The account with its cases; what they do not evaluate is what it does not evaluate."""
    all_cases = tuple(cases)
    gaps = [gap for case in all_cases for gap in case.gaps]
    if not complete or len(all_cases) > MAX_CASES:
        all_cases = all_cases[:MAX_CASES]
        reason = f"there are too many; {len(all_cases)} of them were evaluated"
        what = "what the roles may do in every combination of the template's conditions"
        gaps.append(NotEvaluated(NotEvaluatedKind.UNDECIDABLE, Subject("template", account.source), what, reason))
    return replace(account, cases=all_cases, gaps=tuple(dict.fromkeys(gaps)))


def flat_cases(account: Account) -> tuple[Account, ...]:
    """The cases of an account, with the conditions of the account first; the account itself if it has none."""
    if not account.cases:
        return (account,)
    return tuple(replace(case, conditions=(*account.conditions, *case.conditions)) for case in account.cases)


def join_accounts(account: Account, other: Account, join: Callable[[Account, Account], Account]) -> Account:
    """Two accounts that are deployed together, as one; each combination of their cases is one of its cases."""
    together = join(account, other)
    if not account.cases and not other.cases:
        return together
    pairs = list(islice(product(account.cases or (account,), other.cases or (other,)), MAX_CASES + 1))
    cases = [
        replace(join(first, second), conditions=(*first.conditions, *second.conditions), cases=())
        for first, second in pairs
    ]
    return with_cases(together, cases, complete=True)


def _pairs(case: Mapping[str, bool]) -> tuple[tuple[str, str], ...]:
    return tuple((condition_text(name), "true" if truth else "false") for name, truth in case.items())
