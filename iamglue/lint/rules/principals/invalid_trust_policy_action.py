"""An action of a trust policy that its principal cannot call, or an action that the principal lacks.

Users of a SAML provider call `sts:AssumeRoleWithSAML`, those of an OpenID Connect provider
`sts:AssumeRoleWithWebIdentity`, everyone else `sts:AssumeRole`. IAM Roles Anywhere needs `sts:SetSourceIdentity` and
`sts:TagSession` besides, or no session comes about.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity, build_fix
from iamglue.lint.analysis.identity_providers import (
    ASSUME_ROLE_WITH_WEB_IDENTITY,
    FederationProtocol,
    parse_identity_provider,
)
from iamglue.lint.rule import RESOURCE_BASED_TYPES, Rule, RuleExample, RuleViolation
from iamglue.policy.model import Effect
from iamglue.policy.parsed_policy import ParsedPolicy, ParsedStatement, PolicyType
from iamglue.policy.parsed_values import ParsedMatchList, ParsedPrincipal
from iamglue.policy.patterns.wildcards import has_wildcard, matches_action
from iamglue.policy.source.edits import Edits, replace_node, replace_scalar
from iamglue.policy.source.nodes import Node, NodeKind

RULE = Rule(
    Severity.ERROR,
    codes=("MISMATCHED_ACTION_FOR_PRINCIPAL", "MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY"),
    types=RESOURCE_BASED_TYPES,
)

_PLAIN, _SAML = "sts:AssumeRole", "sts:AssumeRoleWithSAML"
_BY_LOWER = {name.lower(): name for name in (_PLAIN, _SAML, ASSUME_ROLE_WITH_WEB_IDENTITY)}
_ROLES_ANYWHERE = "rolesanywhere.amazonaws.com"
_ANYWHERE_NEEDS = ("sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession")


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Every action that fits no principal of its statement, and every principal that none fits."""
    anywhere: list[ParsedMatchList] = []
    for statement in policy.statements:
        action, element = statement.action, statement.principal
        if action is None or element is None or element.negated or statement.effect is Effect.DENY:
            continue
        if policy.type is PolicyType.TRUST and _names_anywhere(statement):
            anywhere.append(action)
        if not action.negated and action.is_resolved and element.is_resolved:
            yield from _mismatched(action, element.values)
    if anywhere:
        yield from _missing(anywhere)


def _mismatched(action: ParsedMatchList, principals: tuple[ParsedPrincipal, ...]) -> Iterator[RuleViolation]:
    asked = [(node, _BY_LOWER[node.text.lower()]) for node in action.values if node.text.lower() in _BY_LOWER]
    if not asked or any(has_wildcard(node.text) or node.unresolved for node in action.values):
        return
    wanted = [_wanted(each) for each in principals]
    if not wanted or None in wanted:
        return
    names = {name for _, name in asked}
    for node, name in asked:
        if name not in wanted:
            yield _unfit(node, name, principals, right=wanted[0] if len(set(wanted)) == 1 else None)
            names.discard(name)
    for principal, right in zip(principals, wanted, strict=True):
        if names and right not in names:  # a principal that none fits, beside others that one does
            message = f"`{principal.value.text}` cannot call {_joined(sorted(names))}"
            yield RuleViolation(
                principal.value, message, help=f"it calls `{right}`", code="MISMATCHED_ACTION_FOR_PRINCIPAL"
            )


def _wanted(principal: ParsedPrincipal) -> str | None:
    """The action by which a principal assumes a role; None when it cannot be told."""
    if principal.kind != "Federated":
        return _PLAIN if principal.kind in ("AWS", "Service") else None
    found = None if principal.value.unresolved else parse_identity_provider(principal.value.text)
    if found is None:
        return _of_unknown(principal.value.text)
    return _SAML if found.protocol is FederationProtocol.SAML else ASSUME_ROLE_WITH_WEB_IDENTITY


def _of_unknown(text: str) -> str | None:
    """A part of the ARN may not be known before deployment, its kind of provider be there nevertheless."""
    if ":saml-provider/" in text:
        return _SAML
    return ASSUME_ROLE_WITH_WEB_IDENTITY if ":oidc-provider/" in text else None


def _unfit(node: Node, name: str, principals: tuple[ParsedPrincipal, ...], right: str | None) -> RuleViolation:
    who = _joined([each.value.text for each in principals])
    mended = build_fix(f"write `{right}`", replace_scalar(node, right)) if right else None
    told = f"{who} calls `{right}`" if right and len(principals) == 1 else "give each kind of principal its own action"
    message = f"`{name}` does not go with {who}"
    return RuleViolation(node, message, help=told, code="MISMATCHED_ACTION_FOR_PRINCIPAL", fix=mended)


def _joined(texts: list[str]) -> str:
    return ", ".join(f"`{text}`" for text in texts)


def _names_anywhere(statement: ParsedStatement) -> bool:
    found = statement.principal
    return found is not None and any(each.value.text == _ROLES_ANYWHERE for each in found.values)


def _missing(actions: list[ParsedMatchList]) -> Iterator[RuleViolation]:
    if any(action.negated or not action.is_resolved for action in actions):
        return
    given = [node for action in actions for node in action.values]
    if any(node.unresolved for node in given):
        return
    lacking = [name for name in _ANYWHERE_NEEDS if not any(matches_action(node.text, name) for node in given)]
    if lacking:
        node = actions[0].node
        message = f"IAM Roles Anywhere needs {_joined(lacking)}, too"
        mended = build_fix(f"add {_joined(lacking)}", _with(node, lacking))
        code = "MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY"
        yield RuleViolation(node, message, help="without all three no session comes about", code=code, fix=mended)


def _with(node: Node, names: list[str]) -> Edits:
    own = [each.text for each in node.items] if node.kind is NodeKind.LIST else [node.text]
    return replace_node(node, [*own, *names])


def _case(principal: str, action: str) -> str:
    return f'{{"Effect": "Allow", "Principal": {principal}, "Action": {action}}}'


_SAML_ROLE = '{"Federated": "arn:aws:iam::111122223333:saml-provider/corp"}'
_ANYWHERE = '{"Service": "rolesanywhere.amazonaws.com"}'
_ALL = '["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"]'
GOOD = (
    RuleExample(_case('{"Service": "lambda.amazonaws.com"}', '"sts:AssumeRole"'), PolicyType.TRUST),
    RuleExample(_case(_SAML_ROLE, '["sts:AssumeRoleWithSAML", "sts:TagSession"]'), PolicyType.TRUST),
    RuleExample(_case(_ANYWHERE, _ALL), PolicyType.TRUST),
    RuleExample(
        _case(
            '{"Service": "ec2.amazonaws.com", "Federated": "accounts.google.com"}',
            '["sts:AssumeRole", "sts:AssumeRoleWithWebIdentity"]',
        ),
        PolicyType.TRUST,
    ),
)
BAD = (
    RuleExample(
        _case(_SAML_ROLE, '"sts:AssumeRoleWithWebIdentity"'),
        PolicyType.TRUST,
        fixed=_case(_SAML_ROLE, '"sts:AssumeRoleWithSAML"'),
    ),
    RuleExample(_case('{"AWS": "111122223333"}', '"sts:AssumeRoleWithWebIdentity"'), PolicyType.TRUST),
    RuleExample(
        _case('{"Service": "ec2.amazonaws.com", "Federated": "accounts.google.com"}', '["sts:AssumeRole"]'),
        PolicyType.TRUST,
    ),
    RuleExample(
        _case(_ANYWHERE, '["sts:AssumeRole"]'),
        PolicyType.TRUST,
        codes=("MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY",),
        fixed=_case(_ANYWHERE, _ALL),
    ),
)
