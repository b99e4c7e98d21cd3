"""The escalation paths that a role's access opens, each with the requests that make it and whom it leads to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache, reduce
from itertools import islice
from operator import or_

from iamglue.audit.access.role_access import Grant, Granted, Wish, granted_to
from iamglue.audit.escalation.targets import (
    Power,
    Target,
    administrators,
    by_power,
    is_unbounded,
    named_by,
    runners,
)
from iamglue.audit.escalation.trusting import trusts_role, trusts_service
from iamglue.catalog.escalation import EscalationPath, escalation_paths
from iamglue.engine.solve.action_bitsets import patterns_mask
from iamglue.model.account import Role

_SHOWN = 3  # examples of where a path leads: an account may have hundreds
_PASS, _ASSUME, _TRUST = "iam:PassRole", "sts:AssumeRole", "iam:UpdateAssumeRolePolicy"
_LINKS = frozenset({_ASSUME, _TRUST, "iam:CreateAccessKey"})
# These change what the role itself may do; done to another role they lead nowhere by themselves.
_ATTACHING = frozenset({"iam:AttachRolePolicy", "iam:AttachUserPolicy", "iam:AttachGroupPolicy"})
ON_ITSELF = frozenset(
    {"iam-attach-role-policy", "iam-put-role-policy", "iam-create-policy-version", "iam-set-default-policy-version"}
)
_OWN_BOUNDARY = frozenset({"iam-delete-role-permissions-boundary", "iam-put-role-permissions-boundary"})


@dataclass(frozen=True, slots=True, eq=False)
class Opening:
    """A path that is open: to just any resource (`target` is None), or to one role or user.

    `examples` are roles that it leads to and that may do everything.
    """

    path: EscalationPath
    grants: tuple[Grant, ...]
    power: Power
    target: Target | None = None
    is_self: bool = False
    examples: tuple[Role, ...] = ()

    @property
    def actions(self) -> frozenset[str]:
        """Its actions."""
        return frozenset(each.action for each in self.grants)

    @property
    def cause(self) -> tuple[object, ...]:
        """What openings have in common that one change closes."""
        first = self.grants[0]
        by = tuple((id(each.policy), each.statement) for each in first.by)
        where = None if self.target is None else (self.is_self, self.power)
        return first.action.partition(":")[0], by, where, first.action == _PASS


# Two rules ask for the same role one after the other.
@lru_cache(maxsize=4)
def openings(granted: Granted) -> list[Opening]:
    """Every open path, without those that add actions to another one but lead no further: passing a role does."""
    found = [opening for path in _possible(granted) for opening in _opened(path, granted)]
    if len(found) < 2:
        return found
    sets = [each.actions for each in found]
    kept = []
    for more, own in zip(found, sets, strict=True):
        fewer = (less for less, actions in zip(found, sets, strict=True) if actions < own)
        if more.path.passed_to or not any(_leads_as_far(less, more) for less in fewer):
            kept.append(more)
    return kept


def _leads_as_far(less: Opening, more: Opening) -> bool:
    return less.target is None or _same(less.target, more.target)


def _possible(granted: Granted) -> Iterator[EscalationPath]:
    """The paths of which all actions may be allowed; quick for the many roles that have none."""
    return (path for path in _open_to(granted.most & _every_bit()) if all(map(granted.may_name, path.actions)))


@lru_cache(maxsize=2048)
def _open_to(most: int) -> tuple[EscalationPath, ...]:
    """The paths all of whose actions of today are in a set."""
    found = _by_bits()
    return tuple(path for bits, then, path in found if most & bits == bits and (not path.then or most & then))


@cache
def _by_bits() -> tuple[tuple[int, int, EscalationPath], ...]:
    """Each path with its actions and what may follow them as sets."""
    return tuple((patterns_mask(path.actions), patterns_mask(path.then), path) for path in escalation_paths())


@cache
def _every_bit() -> int:
    return reduce(or_, (bits | then for bits, then, _ in _by_bits()), 0)


def _same(one: Target, other: Target | None) -> bool:
    return other is not None and one.arn == other.arn


def _opened(path: EscalationPath, granted: Granted) -> Iterator[Opening]:
    besides = _besides(path, granted)
    if besides is None:
        return
    wide = [granted.on_all(action, shape, _wish(path, action, granted)) for action, shape in path.wide]
    grants = [each for each in wide if each is not None]
    if len(grants) == len(wide):
        examples = _examples(path, granted)
        inherent = path.wide[0][0].startswith("iam:") and not path.passed_to and path.wide[0][0] != _TRUST
        power = Power.ADMINISTRATOR if examples or inherent else Power.MORE
        yield Opening(path, (*grants, *besides), power, examples=tuple(examples))
    elif path.named:
        yield from _to_named(path, granted, besides)


def _besides(path: EscalationPath, granted: Granted) -> list[Grant] | None:
    """How the actions that need only some resource are allowed; None where one is not."""
    found = []
    for action in path.also:
        each = granted.anywhere(action)
        if each is None:
            return None
        found.append(each)
    if path.then:
        then = next((each for action in path.then if (each := granted.anywhere(action)) is not None), None)
        return None if then is None else [*found, then]
    return found


def _wish(path: EscalationPath, action: str, granted: Granted) -> Wish:
    if action == _PASS:
        return (("iam:passedtoservice", path.passed_to),)
    if action in _ATTACHING:
        return (("iam:policyarn", f"arn:{granted.account.partition}:iam::aws:policy/AdministratorAccess"),)
    return ()


def _examples(path: EscalationPath, granted: Granted) -> list[Role]:
    """A few roles that may do everything, among those that the path leads to."""
    first = path.wide[0][0]
    wish = _wish(path, first, granted)
    if path.passed_to:
        roles = administrators(granted.account, path.passed_to, granted.role)
    elif first == _ASSUME:
        roles = administrators(granted.account, "", granted.role)
    elif first.startswith("lambda:"):
        return list(islice(runners(granted.account, granted.role), _SHOWN))
    else:
        return []
    return list(islice((role for role in roles if granted.on(first, role.arn, wish) is not None), _SHOWN))


def _to_named(path: EscalationPath, granted: Granted, besides: list[Grant]) -> Iterator[Opening]:
    """The path to roles and users that the policies name."""
    made: dict[str, tuple[Target, list[Grant]]] = {}
    action, shape = path.wide[0]
    for arn, role in named_by(granted, action, shape):
        if role is None and not shape.startswith(("iam:role", "iam:user")):
            continue
        target = Target(role.arn if role else arn, role)
        if target.arn in made or not _leads(path, target, granted):
            continue
        grants = _grants(path, granted, arn, target)
        if grants:
            made[target.arn] = target, grants
    own = granted.role.arn
    if path.id in ON_ITSELF | _OWN_BOUNDARY:
        powers: Iterable[tuple[Target, Power]] = [(t, _own_power(path, granted)) for t, _ in made.values()]
    elif len(path.wide) > 1:
        powers = [(target, _changed_power(target, granted)) for target, _ in made.values()]
    elif shape == "iam:user/*":
        powers = [(target, Power.MORE) for target, _ in made.values()]
    else:
        powers = by_power((target for target, _ in made.values()), granted)
    for target, power in powers:
        if power is not Power.NO_MORE:
            yield Opening(path, (*made[target.arn][1], *besides), power, target, is_self=target.arn == own)


def _grants(path: EscalationPath, granted: Granted, arn: str, target: Target) -> list[Grant]:
    """How each action is allowed for the target; `arn` is what the first one is allowed on. Empty where one is not."""
    found = []
    for at, (action, _) in enumerate(path.wide):
        each = granted.on(action, arn if at == 0 else target.arn, _wish(path, action, granted))
        if each is None:
            return []
        found.append(each)
    return found


def _leads(path: EscalationPath, target: Target, granted: Granted) -> bool:
    """Whether the path, done to the target, leads to what the target may do."""
    mine = target.arn == granted.role.arn
    if path.id in ON_ITSELF:
        return mine
    if path.id in _OWN_BOUNDARY:
        return mine and granted.role.boundary is not None
    if mine:
        return False
    if target.role is None:
        # A role of another account is assumed because that account means it.
        return path.id != "sts-assume-role" or f":{granted.role.account}:" in target.arn
    if path.passed_to:
        return trusts_service(target.role, path.passed_to)
    return _ASSUME not in path.actions or trusts_role(target.role, granted.role)


def _own_power(path: EscalationPath, granted: Granted) -> Power:
    """What the role comes to when it changes itself: a boundary still limits what its policies give."""
    if path.id == "iam-set-default-policy-version":
        return Power.MORE
    return Power.ADMINISTRATOR if path.id in ON_ITSELF and is_unbounded(granted) else Power.MORE


def _changed_power(target: Target, granted: Granted) -> Power:
    """What a role or user comes to that may be given any policy."""
    if target.role is None or target.role.boundary is None:
        return Power.ADMINISTRATOR
    return Power.ADMINISTRATOR if is_unbounded(granted_to(target.role, granted.account)) else Power.MORE
