"""A trust policy allows an action that its principal cannot call, or an action that the principal needs is missing.

Users of a SAML provider call `sts:AssumeRoleWithSAML`, users of an OpenID Connect provider
`sts:AssumeRoleWithWebIdentity`, all other principals `sts:AssumeRole`. IAM Roles Anywhere also needs
`sts:SetSourceIdentity` and `sts:TagSession`; without them it cannot create a session.

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
from iamglue.policy.parsed_values import ParsedMatchList, ParsedPrincipal, items
from iamglue.policy.patterns.wildcards import has_wildcard, matches_action
from iamglue.policy.source.edits import Edits, replace_node, replace_scalar
from iamglue.policy.source.nodes import Node

RULE = Rule(
    Severity.ERROR,
    codes=("MISMATCHED_ACTION_FOR_PRINCIPAL", "MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY"),
    types=RESOURCE_BASED_TYPES,
)

_ASSUME_ROLE, _ASSUME_ROLE_WITH_SAML = "sts:AssumeRole", "sts:AssumeRoleWithSAML"
_ACTIONS_BY_LOWERCASE = {
    name.lower(): name for name in (_ASSUME_ROLE, _ASSUME_ROLE_WITH_SAML, ASSUME_ROLE_WITH_WEB_IDENTITY)
}
_ROLES_ANYWHERE = "rolesanywhere.amazonaws.com"
_ROLES_ANYWHERE_ACTIONS = ("sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession")


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Find actions that no principal of the statement can call, and principals that can call none of the actions."""
    roles_anywhere_actions: list[ParsedMatchList] = []
    for statement in policy.statements:
        action, element = statement.action, statement.principal
        if action is None or element is None or element.negated or statement.effect is Effect.DENY:
            continue
        if policy.type is PolicyType.TRUST and _names_roles_anywhere(statement):
            roles_anywhere_actions.append(action)
        if not action.negated and action.is_resolved and element.is_resolved:
            yield from _mismatch_violations(action, element.values)
    if roles_anywhere_actions:
        yield from _missing_action_violations(roles_anywhere_actions)


def _mismatch_violations(action: ParsedMatchList, principals: tuple[ParsedPrincipal, ...]) -> Iterator[RuleViolation]:
    """Compare the assume-role actions of a statement with those that its principals call."""
    assume_actions = [
        (node, _ACTIONS_BY_LOWERCASE[node.text.lower()])
        for node in action.values
        if node.text.lower() in _ACTIONS_BY_LOWERCASE
    ]
    if not assume_actions or any(has_wildcard(node.text) or node.unresolved for node in action.values):
        return
    required = [_required_action(principal) for principal in principals]
    if not required or None in required:
        return
    names = {name for _, name in assume_actions}
    for node, name in assume_actions:
        if name not in required:
            yield _action_violation(node, name, principals, correction=required[0] if len(set(required)) == 1 else None)
            names.discard(name)
    for principal, required_action in zip(principals, required, strict=True):
        if names and required_action not in names:  # other principals of the statement can call one of the actions
            message = f"`{principal.value.text}` cannot call {_join_quoted(sorted(names))}"
            yield RuleViolation(
                principal.value,
                message,
                help=f"its action is `{required_action}`",
                code="MISMATCHED_ACTION_FOR_PRINCIPAL",
            )


def _required_action(principal: ParsedPrincipal) -> str | None:
    """The action with which a principal assumes a role; None if it is not known."""
    if principal.kind != "Federated":
        return _ASSUME_ROLE if principal.kind in ("AWS", "Service") else None
    provider = None if principal.value.unresolved else parse_identity_provider(principal.value.text)
    if provider is None:
        return _required_action_of_unresolved(principal.value.text)
    return _ASSUME_ROLE_WITH_SAML if provider.protocol is FederationProtocol.SAML else ASSUME_ROLE_WITH_WEB_IDENTITY


def _required_action_of_unresolved(text: str) -> str | None:
    """Read the kind of provider from an ARN with unresolved parts."""
    if ":saml-provider/" in text:
        return _ASSUME_ROLE_WITH_SAML
    return ASSUME_ROLE_WITH_WEB_IDENTITY if ":oidc-provider/" in text else None


def _action_violation(
    node: Node, name: str, principals: tuple[ParsedPrincipal, ...], correction: str | None
) -> RuleViolation:
    """The fix needs a `correction`, which exists if all principals call the same action."""
    principal_names = _join_quoted([principal.value.text for principal in principals])
    fix = build_fix(f"write `{correction}`", replace_scalar(node, correction)) if correction else None
    help_ = (
        f"the action of {principal_names} is `{correction}`"
        if correction and len(principals) == 1
        else "write a separate statement for each kind of principal"
    )
    message = f"{principal_names} cannot call `{name}`"
    return RuleViolation(node, message, help=help_, code="MISMATCHED_ACTION_FOR_PRINCIPAL", fix=fix)


def _join_quoted(texts: list[str]) -> str:
    return ", ".join(f"`{text}`" for text in texts)


def _names_roles_anywhere(statement: ParsedStatement) -> bool:
    """True if IAM Roles Anywhere is a principal of the statement."""
    element = statement.principal
    return element is not None and any(principal.value.text == _ROLES_ANYWHERE for principal in element.values)


def _missing_action_violations(actions: list[ParsedMatchList]) -> Iterator[RuleViolation]:
    """Actions that IAM Roles Anywhere needs and that none of its statements allows."""
    if any(action.negated or not action.is_resolved for action in actions):
        return
    nodes = [node for action in actions for node in action.values]
    if any(node.unresolved for node in nodes):
        return
    missing = [name for name in _ROLES_ANYWHERE_ACTIONS if not any(matches_action(node.text, name) for node in nodes)]
    if missing:
        node = actions[0].node
        message = f"IAM Roles Anywhere also needs {_join_quoted(missing)}"
        fix = build_fix(f"add {_join_quoted(missing)}", _add_actions(node, missing))
        code = "MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY"
        yield RuleViolation(
            node,
            message,
            help="add the action; IAM Roles Anywhere needs all three to create a session",
            code=code,
            fix=fix,
        )


def _add_actions(node: Node, names: list[str]) -> Edits:
    """Edits that append actions to an Action element."""
    return replace_node(node, [*(item.text for item in items(node)), *names])


def _example(principal: str, action: str) -> str:
    return f'{{"Effect": "Allow", "Principal": {principal}, "Action": {action}}}'


_SAML_ROLE = '{"Federated": "arn:aws:iam::111122223333:saml-provider/corp"}'
_ANYWHERE = '{"Service": "rolesanywhere.amazonaws.com"}'
_ALL = '["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"]'
GOOD = (
    RuleExample(_example('{"Service": "lambda.amazonaws.com"}', '"sts:AssumeRole"'), PolicyType.TRUST),
    RuleExample(_example(_SAML_ROLE, '["sts:AssumeRoleWithSAML", "sts:TagSession"]'), PolicyType.TRUST),
    RuleExample(_example(_ANYWHERE, _ALL), PolicyType.TRUST),
    RuleExample(
        _example(
            '{"Service": "ec2.amazonaws.com", "Federated": "accounts.google.com"}',
            '["sts:AssumeRole", "sts:AssumeRoleWithWebIdentity"]',
        ),
        PolicyType.TRUST,
    ),
)
BAD = (
    RuleExample(
        _example(_SAML_ROLE, '"sts:AssumeRoleWithWebIdentity"'),
        PolicyType.TRUST,
        fixed=_example(_SAML_ROLE, '"sts:AssumeRoleWithSAML"'),
    ),
    RuleExample(_example('{"AWS": "111122223333"}', '"sts:AssumeRoleWithWebIdentity"'), PolicyType.TRUST),
    RuleExample(
        _example('{"Service": "ec2.amazonaws.com", "Federated": "accounts.google.com"}', '["sts:AssumeRole"]'),
        PolicyType.TRUST,
    ),
    RuleExample(
        _example(_ANYWHERE, '["sts:AssumeRole"]'),
        PolicyType.TRUST,
        codes=("MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY",),
        fixed=_example(_ANYWHERE, _ALL),
    ),
)
