"""Everything that has a say in a request: policies of each kind, in layers that are evaluated apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, reduce
from operator import and_

from iamglue.engine.evaluate.decision import StatementRef
from iamglue.engine.evaluate.policy_kinds import PolicyKind
from iamglue.engine.evaluate.statements import PreparedPolicies, prepare_policies
from iamglue.engine.solve.access import NOTHING, Access, access_of
from iamglue.errors import IamglueError
from iamglue.policy.arns import is_single_star, pattern_fields
from iamglue.policy.model import MatchList, Policy, Statement


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """Policies of one kind that are evaluated together; `level` counts SCPs' and RCPs' levels from 1."""

    kind: PolicyKind
    policies: tuple[Policy, ...]
    names: tuple[str, ...]
    prepared: PreparedPolicies
    level: int = 1

    @property
    def label(self) -> str:
        """The kind in words, with the level where there may be several."""
        if self.kind.in_levels:
            return f"{self.kind.display_name.removesuffix('y')}ies of level {self.level}"
        return self.kind.display_name

    def cite(self, ref: StatementRef) -> str:
        """A statement of the layer as people may find it: its number from 1, its Sid, its policy's name."""
        sid = f" ({ref.sid})" if ref.sid else ""
        return f"statement {ref.statement + 1}{sid} of {self.names[ref.policy]}"

    @property
    def access(self) -> Access:
        """What the layer's policies allow, taken by themselves."""
        return access_of([_as_identity(policy, self.kind) for policy in self.policies])


@dataclass(frozen=True, slots=True, eq=False)
class Layers:
    """The layers of a request. One that is None, or has no level, is taken not to be there.

    `scps` are those of the principal's account and `rcps` those of the resource's, one layer for each level from the
    organization's root to the account. The management account, which neither binds, is not known here: give none.
    """

    identity: Layer | None = None
    boundary: Layer | None = None
    session: Layer | None = None
    scps: tuple[Layer, ...] = ()
    rcps: tuple[Layer, ...] = ()
    resource: Layer | None = None

    @property
    def present(self) -> tuple[Layer, ...]:
        """Those that are there."""
        single = (self.identity, self.boundary, self.session, self.resource)
        first = tuple(layer for layer in single[:3] if layer)
        return (*first, *self.scps, *self.rcps, *(layer for layer in single[3:] if layer))


def build_layer(kind: PolicyKind, policies: Sequence[Policy], names: Sequence[str] = (), level: int = 1) -> Layer:
    """A layer of policies of one kind; `names` are what to call them.

    Raises IamglueError for a statement with a Principal where the kind has none, or without one where it needs it.
    """
    called = tuple(names) or _numbered(kind, len(policies))
    for policy, name in zip(policies, called, strict=True):
        for at, statement in enumerate(policy.statements):
            _check_principal(kind, statement, f"statement {at + 1} of {name}")
    return Layer(kind, tuple(policies), called, prepare_policies(policies, reading=kind.reading), level)


def build_organization_layers(kind: PolicyKind, policies: Iterable[Sequence[Policy]]) -> tuple[Layer, ...]:
    """A layer for each level of SCPs or RCPs, the first being the organization's root."""
    return tuple(build_layer(kind, each, level=at) for at, each in enumerate(policies, start=1))


@lru_cache(maxsize=256)
def is_key_used(layer: Layer, key: str) -> bool:
    """Whether a statement of the layer may read a condition key (in lower case), by a condition or a variable."""
    texts = (
        text.lower()
        for policy in layer.policies
        for statement in policy.statements
        for text in (
            *(statement.resources.values if statement.resources else ()),
            *(text for condition in statement.conditions for text in (condition.key, *condition.values)),
        )
    )
    return any(key in text for text in texts)


def effective_access(layers: Layers) -> Access:
    """What a principal may do by the policies on its own side: identity ∩ boundary ∩ session ∩ every level of SCPs.

    Resource-based policies and RCPs are left out, so it is what the principal's account lets it do.
    """
    if layers.identity is None:
        return NOTHING
    limits = (layers.boundary, layers.session, *layers.scps)
    return reduce(and_, (each.access for each in limits if each is not None), layers.identity.access)


def _numbered(kind: PolicyKind, number: int) -> tuple[str, ...]:
    if number == 1:
        return (f"the {kind.display_name}",)
    return tuple(f"{kind.display_name} {at}" for at in range(1, number + 1))


def _check_principal(kind: PolicyKind, statement: Statement, where: str) -> None:
    if kind.names_principals and statement.principals is None:
        raise IamglueError(f"{where} has no Principal, which a {kind.display_name} needs")
    if not kind.names_principals and statement.principals is not None:
        article = "an" if kind is PolicyKind.IDENTITY else "a"
        raise IamglueError(
            f"{where} has a Principal, which {article} {kind.display_name} cannot have",
            hint="a policy of a resource, a key or a role's trust is a resource-based policy",
        )


def _as_identity(policy: Policy, kind: PolicyKind) -> Policy:
    """The policy without the patterns that match nothing in its kind, so that it may be read as an identity policy."""
    return replace(policy, statements=tuple(_readable(statement, kind) for statement in policy.statements))


def _readable(statement: Statement, kind: PolicyKind) -> Statement:
    resources = statement.resources
    if resources is None:
        return statement
    kept = tuple(
        value for value in resources.values if is_single_star(value) or pattern_fields(value, kind.reading) is not None
    )
    return statement if kept == resources.values else replace(statement, resources=MatchList(kept, resources.negated))
