"""A resource control policy contains syntax that RCPs do not support.

An RCP that you write can only deny: `Allow` is reserved for the AWS managed policy `RCPFullAWSAccess`, which allows
everything. Its `Principal` must be exactly `"*"`; to exclude principals, test `aws:PrincipalArn` in a `Condition`. It
supports `Action`, but not `NotAction`. Each action must name a service that supports RCPs, and may have a wildcard
only at its end.

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.catalog import services
from iamglue.findings import Severity, build_fix
from iamglue.lint.analysis.bare_statements import policy_statements
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.lint.rules.control.scp_action_wildcard import has_inner_wildcard
from iamglue.policy.model import Effect
from iamglue.policy.parsed_policy import ParsedPolicy, ParsedStatement, PolicyType
from iamglue.policy.source.edits import replace_node
from iamglue.policy.source.nodes import Node, NodeKind

RULE = Rule(
    Severity.ERROR,
    codes=(
        "RCP_SYNTAX_ERROR_PRINCIPAL",
        "RCP_SYNTAX_ERROR_ALLOW",
        "RCP_SYNTAX_ERROR_NOTACTION",
        "RCP_SYNTAX_ERROR_ACTION",
    ),
    types=frozenset({PolicyType.RCP}),
)


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report each part of the policy that an RCP does not support."""
    for statement in policy_statements(policy):
        yield from _principal_violations(statement)
        if statement.effect is Effect.ALLOW and not _allows_everything(statement):
            node = statement.get("Effect") or statement.node
            help_ = 'write `Deny`, or allow `"Resource": "*"` without a `Condition`'
            message = "an `Allow` in a resource control policy must cover all resources, without a `Condition`"
            yield RuleViolation(node, message, help=help_, code="RCP_SYNTAX_ERROR_ALLOW")
        key = statement.key("NotAction")
        if key is not None:
            help_ = "list the actions in `Action`"
            yield RuleViolation(
                key,
                "`NotAction` is not supported in a resource control policy",
                help=help_,
                code="RCP_SYNTAX_ERROR_NOTACTION",
            )
        if statement.action is not None and not statement.action.negated:
            for node in statement.action.values:
                yield from _action_violations(statement, node)


def _principal_violations(statement: ParsedStatement) -> Iterator[RuleViolation]:
    """Yield violations of the elements that name principals: only `"Principal": "*"` is valid."""
    node = statement.get("Principal")
    code = "RCP_SYNTAX_ERROR_PRINCIPAL"
    help_ = "to exclude principals, test `aws:PrincipalArn` in a `Condition`"
    if node is not None and node.kind is not NodeKind.UNKNOWN and not _is_star(node):
        fix = build_fix('write `"*"`', replace_node(node, "*")) if _is_everyone_in_map(node) else None
        message = 'the `Principal` of a resource control policy must be `"*"`'
        yield RuleViolation(node, message, help=help_, code=code, fix=fix)
    key = statement.key("NotPrincipal")
    if key is not None:
        yield RuleViolation(key, "`NotPrincipal` is not supported in a resource control policy", help=help_, code=code)


def _is_everyone_in_map(node: Node) -> bool:
    """Return whether the principal is `{"AWS": "*"}`, which has the same meaning as `"*"`."""
    return len(node.pairs) == 1 and node.pairs[0][0].text == "AWS" and _is_star(node.pairs[0][1])


def _is_star(node: Node) -> bool:
    """Return whether the node is `"*"`, or a list with only this value."""
    inner = node.items[0] if len(node.items) == 1 else node
    return inner.kind is NodeKind.SCALAR and inner.text == "*"


def _allows_everything(statement: ParsedStatement) -> bool:
    """Return whether Resource and Condition of an Allow are those of the AWS managed policy."""
    resource = statement.get("Resource")
    is_open = resource is None or resource.kind is NodeKind.UNKNOWN or _is_star(resource)
    return is_open and "NotResource" not in statement.elements and not statement.is_conditional


def _action_violations(statement: ParsedStatement, node: Node) -> Iterator[RuleViolation]:
    """Yield the violation of an action: another service, or a wildcard that is not at the end."""
    text = node.text
    prefix, colon, _ = text.partition(":")
    if node.unresolved or (text == "*" and statement.effect is Effect.ALLOW):
        return
    code = "RCP_SYNTAX_ERROR_ACTION"
    if not colon and text != "*":
        return  # not a valid action, which `unknown-action` reports
    if prefix.lower() not in services.services_supporting_rcps():
        if "*" in prefix or "?" in prefix or services.find_service(prefix) is not None:
            help_ = "name a service that supports resource control policies, such as `s3`, `sts` or `kms`"
            yield RuleViolation(node, f"`{text}` does not name a service that supports RCPs", help=help_, code=code)
    elif has_inner_wildcard(text):
        yield RuleViolation(
            node,
            f"`{text}` has a wildcard before its end",
            help="an RCP supports `*` only at the end of an action",
            code=code,
        )


GOOD = (
    RuleExample(
        '{"Effect": "Deny", "Principal": "*", "Action": ["s3:*", "sts:Assume*"], "Resource": "*", '
        '"Condition": {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-1234567890"}}}',
        PolicyType.RCP,
    ),
    RuleExample('{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}', PolicyType.RCP),
)
BAD = (
    RuleExample(
        '{"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "s3:*", "Resource": "*"}',
        PolicyType.RCP,
        codes=("RCP_SYNTAX_ERROR_PRINCIPAL",),
        fixed='{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}',
    ),
    RuleExample(
        '{"Effect": "Deny", "NotPrincipal": {"AWS": "123456789012"}, "Action": "s3:*", "Resource": "*"}',
        PolicyType.RCP,
        codes=("RCP_SYNTAX_ERROR_PRINCIPAL",),
    ),
    RuleExample(
        '{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::images/*"}',
        PolicyType.RCP,
        codes=("RCP_SYNTAX_ERROR_ALLOW",),
    ),
    RuleExample(
        '{"Effect": "Deny", "Principal": "*", "NotAction": "s3:*", "Resource": "*"}',
        PolicyType.RCP,
        codes=("RCP_SYNTAX_ERROR_NOTACTION",),
    ),
    RuleExample(
        '{"Effect": "Deny", "Principal": "*", "Action": ["ec2:*", "s3:*Object", "*"], "Resource": "*"}',
        PolicyType.RCP,
        codes=("RCP_SYNTAX_ERROR_ACTION",) * 3,
    ),
)
