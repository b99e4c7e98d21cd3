"""What the statements of a policy allow outside the zone of trust that the user gives with `--trust`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from iamglue.lint.rule import RuleViolation
from iamglue.policy.conditions import Condition, build_condition
from iamglue.policy.model import Effect, MatchList, Policy, Principal, Statement
from iamglue.policy.parsed_policy import ParsedPolicy, ParsedStatement
from iamglue.policy.parsed_values import has_unknown_part
from iamglue.policy.source.nodes import Node
from iamglue.policy.trust_zone import TrustZone, parse_trust_zone
from iamglue.risk.external_access import ExternalAccessKind, ExternalGrant, find_external_access

# An endpoint policy limits which requests may pass; it does not grant access.
# https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
_ENDPOINT_TYPE = "AWS::EC2::VPCEndpoint"
# A deployment parameter, for a part that is not known before deployment.
_UNKNOWN = "${Unknown}"


@dataclass(frozen=True, slots=True)
class LocatedGrant:
    """A grant and its statement."""

    statement: ParsedStatement
    grant: ExternalGrant

    @property
    def node(self) -> Node:
        """The principal that the grant is for, or else the Principal element."""
        element = self.statement.principal
        for principal in element.values if element is not None else ():
            if principal.value.text == self.grant.grantee:
                return principal.value
        return self.statement.key("Principal") or self.statement.key("NotPrincipal") or self.statement.node

    @property
    def request(self) -> str:
        """The example request in words."""
        witness = self.grant.witness
        return f"`{witness.action}` on `{witness.resource}`" if witness is not None else "the actions of the statement"


def external_violations(
    policy: ParsedPolicy, kind: ExternalAccessKind, text: str, help: str
) -> Iterator[RuleViolation]:
    """A violation for each grant of a kind, if the user names a zone of trust.

    `text` has the placeholders `{who}` and `{request}`.
    """
    if not policy.parameter_values.trust:
        return
    for located in external_grants(policy, parse_trust_zone(policy.parameter_values.trust)):
        grant = located.grant
        if grant.kind is kind:
            message = text.format(who=grant.grantee, request=located.request)
            note = f" ({grant.reason})" if grant.reason else ""
            yield RuleViolation(located.node, f"{message}{note}", help=help, detail=grant.grantee)


@lru_cache(maxsize=8)
def external_grants(policy: ParsedPolicy, zone: TrustZone) -> tuple[LocatedGrant, ...]:
    """What the known statements of a policy allow outside the zone.

    A statement whose actions are not known before deployment is left out; `lint` reports that they are not known.
    """
    if policy.resource_type == _ENDPOINT_TYPE:
        return ()
    known = [(statement, value) for statement in policy.statements if (value := _known_value(statement)) is not None]
    account = policy.parameter_values.value("AWS::AccountId", "account")
    grants = find_external_access(Policy(tuple(value for _, value in known), policy.version), zone, account)
    return tuple(LocatedGrant(known[grant.statement_index][0], grant) for grant in grants)


def _known_value(statement: ParsedStatement) -> Statement | None:
    """The statement for the engine; None if its actions or condition keys are not known, or if it is malformed.

    Of an Allow statement, parts that are not known before deployment may be anything, and conditions with an unknown
    operator are left out. A Deny statement with such parts may deny nothing.
    """
    nodes = list(statement.action.values) if statement.action else []
    nodes += [node for condition in statement.conditions for node in (condition.operator_node, condition.key)]
    if any(node.unresolved for node in nodes):
        return None
    if statement.value is not None or statement.effect is not Effect.ALLOW:
        return statement.value
    action, resource, principal = statement.action, statement.resource, statement.principal
    if action is None or principal is None or has_unknown_part(action.node):
        return None
    resources = resource.to_match_list() if resource is not None else None
    if resource is not None and has_unknown_part(resource.node):
        resources = MatchList(("*",))
    principals = principal.to_principals()
    if has_unknown_part(principal.node):
        principals = replace(principals, values=(*principals.values, Principal("AWS", _UNKNOWN)))
    conditions = tuple(_known_conditions(statement))
    return Statement(Effect.ALLOW, action.to_match_list(), resources, conditions, principals)


def _known_conditions(statement: ParsedStatement) -> Iterator[Condition]:
    """The conditions, with a parameter for each part that is not known before deployment."""
    node = statement.get("Condition")
    if node is not None and not statement.conditions and has_unknown_part(node):
        yield build_condition("StringEquals", "aws:PrincipalArn", _UNKNOWN)
    for condition in statement.conditions:
        if condition.operator is not None:
            known = condition.to_condition()
            is_known = not has_unknown_part(condition.node)
            yield known if is_known else replace(known, values=(*known.values, _UNKNOWN))
