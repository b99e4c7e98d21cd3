"""What a role may do by all of its policies together, within its boundary and SCPs: what every rule here asks.

`granted(case)` is worked out once for a case, and answers are kept. The contract with whoever reports: `unknown` has
in words what could not be told: documents that could not be read, answers that the algebra could not give. It grows
while rules ask, so it is to be read after all rules have run, and each of it reported as not evaluated: a role with
any of it is not shown to be clean. Rules yield nothing for what is unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import reduce
from operator import and_

from iamglue.audit.access import context_facts
from iamglue.audit.access.any_resource import is_plain
from iamglue.audit.access.asking import Met, grant, keys_of, met, plainly, proved
from iamglue.audit.access.policy_layers import Grant, Part, is_misplaced, part_of
from iamglue.audit.access.sample_resources import Place, fresh_arns, fresh_request, named_arns, names_any
from iamglue.engine.evaluate.policy_kinds import PolicyKind
from iamglue.engine.evaluate.request import Request
from iamglue.engine.solve.access import Access, Leaf
from iamglue.engine.solve.action_bitsets import pattern_mask
from iamglue.engine.solve.proof import Proof
from iamglue.model.account import Account, AttachedPolicy, Role
from iamglue.model.role_context import Case
from iamglue.policy.computed import computed
from iamglue.policy.patterns.wildcards import is_pattern

__all__ = ["Grant", "Granted", "granted", "granted_to"]

Wish = tuple[tuple[str, str], ...]
Parts = tuple[Part, ...]
_SERVICE_LINKED = "/aws-service-role/"
_REGION = "us-east-1"  # where nothing tells a Region
_OTHERS = 64  # roles besides the one in question whose access is kept: thousands would fill the memory


@dataclass(eq=False)
class Granted:
    """The access of one role. Use `granted` or `granted_to` to get one."""

    role: Role
    account: Account
    own: Part
    limits: tuple[Part, ...]
    home: Place
    boundary: Part | None = None
    _unknown: dict[str, None] = field(default_factory=dict)
    _answers: dict[tuple[str, ...], Grant | None] = field(default_factory=dict)

    @property
    def unknown(self) -> tuple[str, ...]:
        """What could not be told, in words; grows while rules ask."""
        return tuple(self._unknown)

    @computed
    def access(self) -> Access:
        """All of it as one set."""
        return reduce(and_, (each.access for each in self.limits), self.own.access)

    @computed
    def most(self) -> int:
        """Today's actions that may be allowed, as `access.universe` has them."""
        return reduce(and_, (each.most for each in self.limits), self.own.most)

    @computed
    def widest(self) -> int:
        """Those that may be allowed on just any resource."""
        return self.most & self.own.on_just_any.most

    @computed
    def surely(self) -> int:
        """Today's actions that are allowed on everything, whatever the request holds."""
        return reduce(and_, [each.bounds[1] for each in self.limits], self.own.bounds[1])

    @computed
    def bounded(self) -> int:
        """Today's actions that may be allowed, less those that a Deny takes back on everything."""
        return reduce(and_, [each.bounds[0] for each in self.limits], self.own.bounds[0])

    @computed
    def is_everything(self) -> bool:
        """Whether everything is allowed but what some Deny takes back, and IAM is not what it takes back."""
        if not all(each.is_open for each in (self.own, *self.limits)):
            return False
        return self.on_all("iam:PutRolePolicy", "iam:role/*") is not None

    def about(self, action: str) -> Access:
        """The same of requests for one action, by the statements about it; all of it for a pattern or unknown name."""
        if is_pattern(action) or not pattern_mask(action):
            return self.access
        return reduce(and_, (each.about(action) for each in self.limits), self.own.about(action))

    def may_name(self, action: str) -> bool:
        """Whether an action may be allowed at all; quick."""
        bit = pattern_mask(action)
        if bit:
            return bool(bit & self.most)
        return all(each.on_action(action)[0] for each in (self.own, *self.limits))

    def on_all(self, action: str, shape: str, wish: Wish = ()) -> Grant | None:
        """How an action is allowed on every resource of a shape (`dynamodb:table/*`), however that is written.

        `wish` are keys, in lower case, that the request is to hold.
        """
        if names_any(action, shape) and not self.limits:
            # Most statements name what they are for, and most that do not are plain: nothing need be weighed.
            allows, denies = self.own.on_just_any.on_action(action)
            if not allows:
                return None
            if not denies and all(map(is_plain, allows)):
                found = plainly(self.own, allows, fresh_request(action, shape, self.home))
                if found is not None:
                    return found
        elif not self.may_name(action):
            return None
        return self._kept(("all", action, shape, *map(str, wish)), lambda: self._on_all(action, shape, wish))

    def by_itself(self, leaf: Leaf, action: str, shape: str) -> Grant | None:
        """The same as `on_all` by one statement, as though no other allowed anything."""
        alone = Part(self.own.policies, (leaf, *self.own.denies))
        parts = (alone, *self.limits)
        found = (self._by(parts, action, arn, ()) for arn in fresh_arns(action, shape, (leaf,), self.home))
        return next((each for each in found if each is not None), None)

    def on(self, action: str, resource: str, wish: Wish = ()) -> Grant | None:
        """How an action is allowed on one resource."""
        if not self.may_name(action):
            return None
        return self._kept(("on", action, resource, *map(str, wish)), lambda: self._on(action, resource, wish))

    def anywhere(self, action: str, wish: Wish = ()) -> Grant | None:
        """How an action is allowed on some resource."""
        if not self.may_name(action):
            return None
        return self._kept(("any", action, *map(str, wish)), lambda: self._anywhere(action, wish))

    def doubt(self, reason: str) -> None:
        """Takes note of what could not be told."""
        self._unknown[reason] = None

    def _kept(self, key: tuple[str, ...], answer: Callable[[], Grant | None]) -> Grant | None:
        if key not in self._answers:
            self._answers[key] = answer()
        return self._answers[key]

    def _on_all(self, action: str, shape: str, wish: Wish) -> Grant | None:
        parts = self._parts_on_just_any if names_any(action, shape) else self._parts
        allows, denies = parts[0].on_action(action)
        if not allows:
            return None
        is_free = not (denies or self.limits) or self.surely & pattern_mask(action)
        arns = fresh_arns(action, shape, (leaf for leaf in self.own.on_action(action)[0]), self.home)
        if is_free and all(map(is_plain, allows)):
            found = (plainly(self.own, allows, Request(action, arn)) for arn in arns)
        else:
            found = (self._by(parts, action, arn, wish) for arn in arns)
        return next((each for each in found if each is not None), None)

    def _on(self, action: str, resource: str, wish: Wish) -> Grant | None:
        return self._by(self._parts, action, resource, wish)

    def _by(self, asked: Parts, action: str, resource: str, wish: Wish) -> Grant | None:
        facts = self._facts if self._has_variables else {}
        parts = self._met(asked, action, Request(action, resource, facts))
        if parts is None:
            return None
        keys = keys_of(parts)
        known, absent = self._known(action, resource, keys, wish) if keys else (facts, frozenset())
        asked_for = Request(action, resource, known)
        return self._told(grant(parts, asked_for, absent), action, resource)

    def _anywhere(self, action: str, wish: Wish) -> Grant | None:
        parts = self._met(self._parts, action, None)
        if parts is None:
            return None
        # A proof takes longer than to ask for what the statements name.
        for arn in named_arns(action, parts[0].allows, self.home):
            found = self._on(action, arn, wish)
            if found is not None:
                return found
        known, absent = self._known(action, "*", keys_of(parts), wish)
        return self._told(proved(parts, Request(action, "*", known), "*", absent), action, "some resource")

    @computed
    def _parts(self) -> Parts:
        return (self.own, *self.limits)

    @computed
    def _parts_on_just_any(self) -> Parts:
        return tuple(each.on_just_any for each in self._parts)

    @staticmethod
    def _met(parts: Parts, action: str, request: Request | None) -> list[Met] | None:
        found = []
        for part in parts:
            here = met(part, action, request)
            if not here.allows:
                return None
            found.append(here)
        return found

    def _known(
        self, action: str, resource: str, keys: frozenset[str], wish: Wish
    ) -> tuple[dict[str, tuple[str, ...]], frozenset[str]]:
        """What the keys hold, and which of them the request lacks; the others are free."""
        known = {**self._facts, **context_facts.of_resource(resource, self.role, self.account)}
        known |= {key: (value,) for key, value in wish}
        absent = set()
        for key in keys - known.keys():
            values = context_facts.lacking(key, action)
            if values == ():
                absent.add(key)
            elif values is not None:
                known[key] = values
        return known, frozenset(absent)

    @computed
    def _has_variables(self) -> bool:
        parts = (self.own, *self.limits)
        resources = (leaf.statement.resources for part in parts for leaf in part.leaves)
        return any("${" in value for each in resources if each is not None for value in each.values)

    @computed
    def _facts(self) -> dict[str, tuple[str, ...]]:
        return context_facts.facts_of(self.role, self.account)

    def _told(self, answer: Grant | Proof | None, action: str, where: str) -> Grant | None:
        if isinstance(answer, Proof):
            self.doubt(f"whether `{action}` is allowed on `{where}`: {answer.reason}")
            return None
        return answer


def granted(case: Case) -> Granted:
    """What the role of a case may do; kept until another case is asked about."""
    _kept.turn_to(case.account)
    if _kept.own is None or _kept.own.role is not case.role:
        region = case.functions[0].region if case.functions else _REGION
        _kept.own = _granted(case.role, case.account, region)
    return _kept.own


def granted_to(role: Role, account: Account) -> Granted:
    """What another role of the account may do; apart from its own case, so that no order of asking changes that."""
    _kept.turn_to(account)
    found = _kept.others.get(role.arn)
    if found is None or found.role is not role:
        if len(_kept.others) >= _OTHERS:
            del _kept.others[next(iter(_kept.others))]
        found = _kept.others[role.arn] = _granted(role, account, _REGION)
    return found


def _granted(role: Role, account: Account, region: str) -> Granted:
    boundary = part_of((role.boundary,)) if role.boundary and _is_readable(role.boundary) else None
    linked = role.path.startswith(_SERVICE_LINKED)  # SCPs do not bind service-linked roles
    limits = (*((boundary,) if boundary else ()), *(() if linked else _kept.scps))
    found = Granted(role, account, part_of(role.policies), limits, (account.partition, region, role.account), boundary)
    for policy in role.policies:
        if not _is_readable(policy):
            found.doubt(f"the policy `{policy.name}` {_why(policy)}: it is taken to say nothing")
    if role.boundary and boundary is None:
        found.doubt(f"the boundary `{role.boundary.name}` {_why(role.boundary)}: it is taken to forbid nothing")
    for policy in () if linked else _kept.bad_scps:
        found.doubt(f"the service control policy `{policy.name}` {_why(policy)}: its level is taken to forbid nothing")
    return found


def _why(policy: AttachedPolicy) -> str:
    return policy.fault or "is malformed"  # its elements belong into another kind of policy


def _is_readable(policy: AttachedPolicy) -> bool:
    return policy.policy is not None and not is_misplaced(policy.policy)


class _Kept:
    """What was worked out for the account that was asked about last; of thousands of roles, only for a few."""

    def __init__(self) -> None:
        self.account: Account | None = None
        self.own: Granted | None = None
        self.others: dict[str, Granted] = {}
        self.scps: tuple[Part, ...] = ()
        self.bad_scps: tuple[AttachedPolicy, ...] = ()

    def turn_to(self, account: Account) -> None:
        """Begins anew if it is another account."""
        if self.account is account:
            return
        levels: Iterable[tuple[AttachedPolicy, ...]] = account.scps or ()
        bad = [each for level in levels for each in level if not _is_readable(each)]
        self.scps = tuple(part_of(level, PolicyKind.SCP) for level in levels if all(map(_is_readable, level)))
        self.account, self.own, self.others, self.bad_scps = account, None, {}, tuple(bad)


_kept = _Kept()
