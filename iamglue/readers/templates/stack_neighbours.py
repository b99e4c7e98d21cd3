"""Which roles of other stacks a stack's roles may become, or are named by: escalation is followed through them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from iamglue.model.account import Role
from iamglue.policy.patterns.variables import tokenize
from iamglue.policy.patterns.wildcards import intersects

_RoleKey = tuple[int, int]
# The path and name of a role, or a pattern of them, in the text of a policy.
_NAMED_ROLE = re.compile(r"role/([^\"\s]+)\"")
# Neighbours of a stack. Most have a few; each is read once more for each stack.
MAX_NEIGHBOURS = 200


class RoleNeighbours:
    """The roles of several stacks, by stack and position, and which of them name each other, also by patterns.

    A pattern without any letter, `role/*`, names no role in particular: rules on single roles report it.
    """

    def __init__(
        self,
        roles: Sequence[Sequence[Role]],
        own: Sequence[Mapping[str, _RoleKey]],
        others: Mapping[str, _RoleKey],
    ) -> None:
        self._linked: dict[_RoleKey, set[_RoleKey]] = {}
        patterns = [(_pattern(name), target) for name, target in others.items() if "/" not in name]
        for number, stack_roles in enumerate(roles):
            for index, role in enumerate(stack_roles):
                for name in _named_roles(role):
                    target = own[number].get(name) or others.get(name)
                    targets = {target} if target is not None else _matching(name, patterns)
                    for linked in targets:
                        self._linked.setdefault((number, index), set()).add(linked)
                        self._linked.setdefault(linked, set()).add((number, index))

    def neighbours(self, number: int) -> list[_RoleKey]:
        """The roles of other stacks that are linked to roles of this one, directly or through others, nearest first.

        If there are more than MAX_NEIGHBOURS, one more than that.
        """
        reached = dict.fromkeys(key for key in self._linked if key[0] == number)
        most = len(reached) + MAX_NEIGHBOURS + 1
        pending = list(reached)
        for key in pending:
            for target in sorted(self._linked[key]):
                if target not in reached and len(reached) < most:
                    reached[target] = None
                    pending.append(target)
        return [key for key in reached if key[0] != number]


def _named_roles(role: Role) -> Iterator[str]:
    """The names of roles, without paths, in the policies and the trust policy of a role."""
    for policy in (*role.policies, role.trust):
        for text in _NAMED_ROLE.findall(policy.text):
            yield text.rpartition("/")[2]


def _matching(name: str, patterns: Sequence[tuple[str, _RoleKey]]) -> set[_RoleKey]:
    """The roles whose names a pattern, or a name with unknown parts, may match."""
    pattern = _pattern(name)
    if not {"*", "?"} & set(pattern) or not pattern.strip("*?"):
        return set()
    return {target for other, target in patterns if intersects(pattern, other)}


def _pattern(name: str) -> str:
    """A name with a star in place of each part that is not known."""
    return "".join("*" if token.is_parameter else token.text for token in tokenize(name))
