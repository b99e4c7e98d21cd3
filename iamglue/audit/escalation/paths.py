"""The escalation paths that the access of a role opens, with the access that each leads to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from iamglue.audit.access.role_access import RoleAccess
from iamglue.audit.escalation.chains import Chain
from iamglue.audit.escalation.graph import EscalationGraph
from iamglue.audit.escalation.other_passing import record_other_passing
from iamglue.audit.escalation.steps import PASS, EscalationStep, escalation_steps, may_take_step
from iamglue.audit.escalation.targets import (
    USERS,
    DataKind,
    PrivilegeLevel,
    RoleIndex,
    compare_privileges,
    compare_roles,
    data_kinds,
)
from iamglue.audit.escalation.trust import named_roles, role_trust
from iamglue.model.account import Role

_SHOWN = 3  # example targets of a path: an account may have hundreds


@dataclass(frozen=True, slots=True, eq=False)
class OpenEscalationPath:
    """An available path: its first step, what it leads to, and the hops that follow until then.

    `examples` are the roles that a step on a wildcard resource leads to: administrators, or the one that `chain` starts
    from. `data` is the sensitive data that the end of the chain may read; `also` has the names of other roles that the
    step leads to, with their data.
    """

    step: EscalationStep
    privilege: PrivilegeLevel
    chain: Chain | None = None
    examples: tuple[Role, ...] = ()
    data: tuple[str, ...] = ()
    also: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def unknown(self) -> str:
        """Why a step is not certain; empty if all are."""
        return self.step.unknown or (self.chain.unknown if self.chain else "")

    @property
    def length(self) -> int:
        """The number of steps."""
        return 1 + (self.chain.length if self.chain else 0)

    @property
    def group_key(self) -> tuple[object, ...]:
        """Equal for paths that one change can close."""
        step = self.step
        if not step.grants:
            return (step.target and step.target.arn,)
        first = step.grants[0]
        return first.terms, step.target is None, first.action == PASS


def find_open_paths(
    index: RoleIndex, graph: Callable[[], EscalationGraph], access: RoleAccess
) -> list[OpenEscalationPath]:
    """Every open path, except those with more actions than another path that leads as far.

    Paths that pass a role are always included. `graph` has the steps of all roles of the account.
    """
    if not may_take_step(index, access.role):
        record_other_passing(index, access, ())
        return []
    steps = [*escalation_steps(index, access, graph())]
    record_other_passing(index, access, steps)
    paths = [*_open_paths(steps, index, graph(), access)]
    return [path for path in paths if path.step.path.passed_to or not any(_is_shorter(fewer, path) for fewer in paths)]


def access_by_trust(role: Role, index: RoleIndex, graph: Callable[[], EscalationGraph]) -> dict[str, PrivilegeLevel]:
    """The roles that the trust policy of a role suffices to let in, by ARN, if they then have more access."""
    privileges = {}
    for arn in dict.fromkeys(named_roles(role)):
        for trusted in index.roles.get(arn, ()):
            access = index.access_of(trusted)
            trust = role_trust(role, access)
            if (
                trusted is role
                or trust is None
                or not trust.suffices
                or trust.unknown
                or index.is_administrator(trusted)
            ):
                continue
            chain = graph().administrators.chain(role)
            leads = chain is not None and not chain.passes(trusted)
            privilege = PrivilegeLevel.ADMINISTRATOR if leads else compare_roles(index, role, access)
            if privilege > PrivilegeLevel.NO_MORE:
                privileges[arn] = privilege
    return privileges


def _is_shorter(path: OpenEscalationPath, longer: OpenEscalationPath) -> bool:
    """Whether a path needs only some of the actions of another one, and leads as far."""
    if not path.step.actions < longer.step.actions or path.privilege < longer.privilege:
        return False
    target, other = path.step.target, longer.step.target
    return target is None or (other is not None and target.arn == other.arn)


def _open_paths(
    steps: list[EscalationStep], index: RoleIndex, graph: EscalationGraph, access: RoleAccess
) -> Iterator[OpenEscalationPath]:
    """Yield the paths that the steps open; steps to roles by the same statement are one path."""
    by_statement: dict[tuple[object, ...], list[EscalationStep]] = {}
    for step in steps:
        if step.target is None:
            yield _path_to_any(step, graph, access)
        elif step.gives_administrator:
            yield OpenEscalationPath(step, PrivilegeLevel.ADMINISTRATOR)
        elif step.changes_policies:
            yield OpenEscalationPath(step, PrivilegeLevel.MORE)
        elif step.becomes is None and step.path.required_on_all[0][1] == USERS:
            yield OpenEscalationPath(step, PrivilegeLevel.MORE)  # a user that was not read
        else:
            cause = step.grants[0].terms if step.grants else step.target.arn
            by_statement.setdefault((step.path.id, cause), []).append(step)
    for named in by_statement.values():
        yield from _paths_to_roles(named, index, graph, access)


def _path_to_any(step: EscalationStep, graph: EscalationGraph, access: RoleAccess) -> OpenEscalationPath:
    """The path of a step on a wildcard resource, with administrators, or the role nearest to one, as examples."""
    chains = ((role, graph.administrators.chain(role)) for role in graph.nearest_members(step.path, access))
    known = [*islice(((role, chain) for role, chain in chains if chain and not chain.passes(access.role)), _SHOWN)]
    if not known:
        privilege = PrivilegeLevel.ADMINISTRATOR if step.gives_administrator else PrivilegeLevel.MORE
        return OpenEscalationPath(step, privilege)
    examples = tuple(role for role, chain in known if not chain.length)
    path = OpenEscalationPath(step, PrivilegeLevel.ADMINISTRATOR, examples=examples)
    return path if examples else replace(path, chain=known[0][1], examples=(known[0][0],))


def _paths_to_roles(
    steps: Sequence[EscalationStep], index: RoleIndex, graph: EscalationGraph, access: RoleAccess
) -> Iterable[OpenEscalationPath]:
    """The paths by one statement to roles that lead to administrator access; else to sensitive data, else to more."""
    paths = [path for step in steps if (path := _path_to_administrator(step, graph, access)) is not None]
    if not paths:
        own = data_kinds(access)
        paths = [path for step in steps if (path := _path_to_data(step, graph, access, own)) is not None]
    if not paths:
        compared = ((step, compare_privileges(index, step.becomes, access)) for step in steps)
        paths = [OpenEscalationPath(step, level) for step, level in compared if level is not PrivilegeLevel.NO_MORE]
    return paths


def _path_to_administrator(
    step: EscalationStep, graph: EscalationGraph, access: RoleAccess
) -> OpenEscalationPath | None:
    """The path on from the role that the step leads to; None if there is none, or if it leads back."""
    chain = graph.administrators.chain(step.becomes) if step.becomes is not None else None
    if chain is None or chain.passes(access.role):
        return None
    return OpenEscalationPath(step, PrivilegeLevel.ADMINISTRATOR, chain)


def _path_to_data(
    step: EscalationStep, graph: EscalationGraph, access: RoleAccess, own: frozenset[DataKind]
) -> OpenEscalationPath | None:
    """The path to the nearest role that may read data that this role may not; others that it leads to are `also`."""
    role = step.becomes
    if role is None:
        return None
    ends: dict[str, tuple[Chain, list[str]]] = {}
    for kind, reach in graph.data.items():
        chain = None if kind in own else reach.chain(role)
        if chain is not None and chain.end is not None and not chain.passes(access.role):
            ends.setdefault(chain.end.arn, (chain, []))[1].append(kind[1])
    if not ends:
        return None
    (nearest, kinds), *others = sorted(ends.values(), key=lambda end: end[0].length)
    also = tuple((chain.end.name, tuple(dict.fromkeys(names))) for chain, names in others if chain.end)
    return OpenEscalationPath(step, PrivilegeLevel.SENSITIVE_DATA, nearest, data=tuple(dict.fromkeys(kinds)), also=also)
