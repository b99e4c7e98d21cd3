"""The policy layers that apply to a request, one for each kind of policy, evaluated separately."""

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
    """Policies of one kind that are evaluated together. `level` numbers the levels of SCPs and RCPs from 1."""

    kind: PolicyKind
    policies: tuple[Policy, ...]
    names: tuple[str, ...]
    prepared: PreparedPolicies
    level: int = 1

    @property
    def label(self) -> str:
        """The display name of the kind, with the level for SCPs and RCPs."""
        if self.kind.in_levels:
            return f"{self.kind.display_name.removesuffix('y')}ies of level {self.level}"
        return self.kind.display_name

    def cite(self, ref: StatementRef) -> str:
        """A citation of a statement: its number from 1, its Sid, and its policy's name."""
        sid = f" ({ref.sid})" if ref.sid else ""
        return f"statement {ref.statement + 1}{sid} of {self.names[ref.policy]}"

    @property
    def access(self) -> Access:
        """What the layer's policies allow by themselves."""
        return access_of([_as_identity_policy(policy, self.kind) for policy in self.policies])


@dataclass(frozen=True, slots=True, eq=False)
class Layers:
    """The layers of a request; None or empty for a layer that does not exist.

    `scps` are the SCPs of the principal's account, `rcps` the RCPs of the resource's account, one layer for each level
    from the organization root to the account. SCPs and RCPs do not bind the `management_account` of the organization.
    `endpoint` is the policy of the VPC endpoint that the request goes through. With `block_public_access`, all settings
    of S3 Block Public Access are on for the bucket.
    """

    identity: Layer | None = None
    boundary: Layer | None = None
    session: Layer | None = None
    scps: tuple[Layer, ...] = ()
    rcps: tuple[Layer, ...] = ()
    resource: Layer | None = None
    endpoint: Layer | None = None
    management_account: str | None = None
    block_public_access: bool = False

    @property
    def present(self) -> tuple[Layer, ...]:
        """The layers that exist."""
        layers = (self.identity, self.boundary, self.session, *self.scps, *self.rcps, self.endpoint, self.resource)
        return tuple(layer for layer in layers if layer)


def build_layer(kind: PolicyKind, policies: Sequence[Policy], names: Sequence[str] = (), level: int = 1) -> Layer:
    """Build a layer from policies of one kind. `names` are their display names.

    Raises IamglueError if a statement has a Principal that the kind does not allow, or no Principal where the kind
    requires one.
    """
    layer_names = tuple(names) or _default_names(kind, len(policies))
    for policy, name in zip(policies, layer_names, strict=True):
        for index, statement in enumerate(policy.statements):
            _check_principal(kind, statement, f"statement {index + 1} of {name}")
    return Layer(
        kind, tuple(policies), layer_names, prepare_policies(policies, match_options=kind.match_options), level
    )


def build_organization_layers(kind: PolicyKind, policies: Iterable[Sequence[Policy]]) -> tuple[Layer, ...]:
    """Build one layer for each level of SCPs or RCPs. The first level is the organization root."""
    return tuple(
        build_layer(kind, level_policies, level=level) for level, level_policies in enumerate(policies, start=1)
    )


@lru_cache(maxsize=256)
def is_key_used(layer: Layer, key: str) -> bool:
    """Whether a statement of the layer may read a condition key (in lower case), in a condition or a variable."""
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
    """What the policies on the principal's side allow: identity ∩ boundary ∩ session ∩ every level of SCPs.

    This leaves out resource-based policies and RCPs, so it is what the principal's account allows.
    """
    if layers.identity is None:
        return NOTHING
    limits = (layers.boundary, layers.session, *layers.scps)
    return reduce(and_, (layer.access for layer in limits if layer is not None), layers.identity.access)


def _default_names(kind: PolicyKind, count: int) -> tuple[str, ...]:
    """Display names for policies without names."""
    if count == 1:
        return (f"the {kind.display_name}",)
    return tuple(f"{kind.display_name} {index}" for index in range(1, count + 1))


def _check_principal(kind: PolicyKind, statement: Statement, statement_name: str) -> None:
    """Raise IamglueError if the statement has a Principal that its kind does not allow, or needs one."""
    if kind.names_principals and statement.principals is None:
        raise IamglueError(f"{statement_name} has no Principal, but a {kind.display_name} requires one")
    if not kind.names_principals and statement.principals is not None:
        article = "an" if kind is PolicyKind.IDENTITY else "a"
        raise IamglueError(
            f"{statement_name} has a Principal, but {article} {kind.display_name} cannot have one",
            hint="give a policy of a resource, a key policy or a role's trust policy as a resource-based policy",
        )


def _as_identity_policy(policy: Policy, kind: PolicyKind) -> Policy:
    """The policy without Resource patterns that match nothing in its kind, so it reads like an identity policy."""
    return replace(
        policy, statements=tuple(without_unmatchable_resources(statement, kind) for statement in policy.statements)
    )


def without_unmatchable_resources(statement: Statement, kind: PolicyKind) -> Statement:
    """The statement without Resource patterns that match no resource in this kind of policy."""
    resources = statement.resources
    if resources is None:
        return statement
    values = tuple(
        value
        for value in resources.values
        if is_single_star(value) or pattern_fields(value, kind.match_options) is not None
    )
    return (
        statement if values == resources.values else replace(statement, resources=MatchList(values, resources.negated))
    )
