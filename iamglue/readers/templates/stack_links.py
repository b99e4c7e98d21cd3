"""Puts functions, and policies, to the roles of other stacks that they name; what is in no stack is not evaluated.

Stacks that are read together know each other's roles by what they export and import, by the outputs and parameters of
nested stacks, or by their ARNs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice, product
from typing import TypeVar

from iamglue.findings import NotEvaluated, NotEvaluatedKind, Subject
from iamglue.model.account import Account, AttachedPolicy, DeployedFunction, Role
from iamglue.readers.templates.stack_neighbours import MAX_NEIGHBOURS, RoleNeighbours
from iamglue.readers.templates.stack_scopes import change_texts, rename_unknown_values, stack_scope
from iamglue.readers.templates.template_cases import MAX_CASES, with_cases

_Value = TypeVar("_Value", DeployedFunction, AttachedPolicy, Role)


def link_stacks(accounts: Sequence[Account]) -> tuple[Account, ...]:
    """The accounts of stacks that are deployed together, with what belongs to roles of other stacks at those roles."""
    linked = _link([replace(account, cases=()) for account in accounts])
    parts = (part for account in accounts for part in (account, *account.cases))
    if not any(account.neighbours for account in linked) and not any(map(_has_outside_parts, parts)):
        return tuple(accounts)
    if not any(account.cases for account in accounts):
        return linked
    combinations = islice(product(*(account.cases or (account,) for account in accounts)), MAX_CASES + 1)
    cases = [_link_case(combination) for combination in combinations]
    return tuple(
        with_cases(account, [case[number] for case in cases], complete=True) for number, account in enumerate(linked)
    )


def _link_case(accounts: Sequence[Account]) -> tuple[Account, ...]:
    """One case of all accounts: each has the conditions of all."""
    conditions = tuple(pair for account in accounts for pair in account.conditions)
    return tuple(replace(account, conditions=conditions) for account in _link(accounts))


def _has_outside_parts(account: Account) -> bool:
    own = {role.arn for role in account.roles}
    return bool(account.outside_policies) or any(function.role_arn not in own for function in account.functions)


def _link(accounts: Sequence[Account]) -> tuple[Account, ...]:
    """The accounts of one case, with functions, policies and roles of other stacks at each other."""
    links = _Links(accounts)
    for number, account in enumerate(accounts):
        links.add_account(number, account)
    return links.linked()


class _Links:
    """The roles of several accounts, with the functions and policies that belong to them."""

    def __init__(self, accounts: Sequence[Account]) -> None:
        self._accounts = accounts
        self._scopes = [stack_scope(account.source) for account in accounts]
        self._functions: list[list[DeployedFunction]] = [[] for _ in accounts]
        self._roles = [list(account.roles) for account in accounts]
        self._gaps: list[list[NotEvaluated]] = [[] for _ in accounts]
        # The account and the position of each role, by its ARN and name: as its account has them, and as others do.
        self._own = [
            {role.arn: (number, index) for index, role in enumerate(roles)} for number, roles in self._numbered
        ]
        self._others: dict[str, tuple[int, int]] = {}
        for number, roles in self._numbered:
            for index, role in enumerate(roles):
                self._others.setdefault(rename_unknown_values(role.arn, self._scopes[number]), (number, index))
        for number, account in enumerate(accounts):
            for parameter, value in account.exports:
                target = self._others.get(rename_unknown_values(value, self._scopes[number]))
                if target is not None:
                    self._others.setdefault(f"${{{parameter}}}", target)
        for index_by_arn in (*self._own, self._others):
            index_by_arn |= {arn.rpartition("/")[2]: target for arn, target in index_by_arn.items()}

    @property
    def _numbered(self) -> list[tuple[int, list[Role]]]:
        return list(enumerate(self._roles))

    def add_account(self, number: int, account: Account) -> None:
        """Put the functions and policies of an account to their roles, or record that these are not known."""
        for function in account.functions:
            target = self._own[number].get(function.role_arn) or self._others.get(function.role_arn)
            if target is None:
                self._record(number, function.name, f"what `{function.name}` may do", function.role_arn)
            elif target[0] == number:
                self._functions[number].append(function)
            else:
                moved = self._seen_from(target[0], number, function)
                self._functions[target[0]].append(replace(moved, role_arn=self._role(target).arn))
        for role_text, policy in account.outside_policies:
            target = self._own[number].get(role_text) or self._others.get(role_text)
            if target is None:
                self._record(number, role_text, f"what `{policy.name}` allows", role_text)
                continue
            added = policy if target[0] == number else self._seen_from(target[0], number, policy)
            role = self._role(target)
            self._roles[target[0]][target[1]] = replace(role, policies=(*role.policies, added))

    def linked(self) -> tuple[Account, ...]:
        """The accounts with what was put to their roles, and with their neighbours."""
        links = RoleNeighbours(self._roles, self._own, self._others)
        neighbours = [self._neighbours(number, links) for number in range(len(self._accounts))]
        return tuple(
            replace(
                account,
                functions=tuple(self._functions[number]),
                roles=tuple(self._roles[number]),
                gaps=tuple(dict.fromkeys((*account.gaps, *self._gaps[number]))),
                outside_policies=(),
                neighbours=neighbours[number],
            )
            for number, account in enumerate(self._accounts)
        )

    def _neighbours(self, number: int, links: RoleNeighbours) -> tuple[Role, ...]:
        """The roles of other stacks that are linked to those of a stack; the same ARN means the role of the stack."""
        own = {role.arn for role in self._roles[number]}
        targets = links.neighbours(number)
        if len(targets) > MAX_NEIGHBOURS:
            first = self._role(targets[MAX_NEIGHBOURS]).name
            what = f"escalation through roles of other stacks from `{first}` on"
            reason = f"the roles of the stack are linked to more than {MAX_NEIGHBOURS}"
            subject = Subject("file", self._accounts[number].source)
            self._gaps[number].append(NotEvaluated(NotEvaluatedKind.UNDECIDABLE, subject, what, reason))
        roles = (self._seen_from(number, target[0], self._role(target)) for target in targets[:MAX_NEIGHBOURS])
        return tuple(role for role in roles if role.arn not in own)

    def _role(self, target: tuple[int, int]) -> Role:
        return self._roles[target[0]][target[1]]

    def _seen_from(self, home: int, number: int, value: _Value) -> _Value:
        """A value of an account with the names that its unknown values have in another one, `home`."""
        scopes = self._scopes
        return change_texts(value, lambda text: rename_unknown_values(text, scopes[number], scopes[home], scopes))

    def _record(self, number: int, name: str, what: str, role: str) -> None:
        reason = f"its role, `{role}`, is not in the template" if role else "it has no role in some case"
        self._gaps[number].append(NotEvaluated(NotEvaluatedKind.UNDECIDABLE, Subject("role", name), what, reason))
