"""A service that does not exist, in an action, a condition key or an ARN.

Nothing is granted for such a service. The prefix often differs from the name of the service: Step Functions is
`states`, EFS is `elasticfilesystem`, CloudWatch Logs is `logs`. In ARNs the service may have another name again: ARNs
of Service Catalog begin with `arn:aws:catalog`.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from iamglue.catalog import service_arn_formats as arn_formats
from iamglue.catalog import services
from iamglue.catalog.aliases import NameUse, canonical_name
from iamglue.catalog.unlisted_actions import retired_services
from iamglue.findings import Severity, build_fix
from iamglue.lint.analysis.unlisted_or_wildcard_actions import unlisted_or_wildcard_actions
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.arns import ARN_FIELD_COUNT, split_arn_fields
from iamglue.policy.parsed_policy import ParsedPolicy
from iamglue.policy.source.edits import replace_scalar
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.spelling import nearest_word

RULE = Rule(Severity.ERROR, codes=("INVALID_SERVICE_IN_ACTION", "INVALID_SERVICE"))
# Prefixes of condition keys that do not belong to a service.
_PREFIXES_WITHOUT_SERVICE = frozenset(
    {"aws", "saml", "catalog", "cognito-identity-auth", "cognito-identity-unauth", "identitycenter"}
)


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Find actions, condition keys and ARNs with an unknown service."""
    for node in unlisted_or_wildcard_actions(policy):
        if not _has_service(node.text):
            prefix, _, name = node.text.partition(":")
            yield _action_violation(node, prefix, name)
    for _, node in policy.resources:
        fields = split_arn_fields(node.text)
        if len(fields) == ARN_FIELD_COUNT and fields[0] == "arn" and not _is_arn_service(fields[2]):
            yield _arn_violation(node, fields)
    for _, condition in policy.conditions:
        key = condition.key
        if key.kind is NodeKind.SCALAR and not key.unresolved and has_unknown_service(key.text):
            yield _key_violation(key)


@lru_cache(maxsize=4096)
def has_unknown_service(key: str) -> bool:
    """True if a well-formed condition key has a prefix that belongs to no service and no identity provider."""
    from iamglue.catalog.condition_key_types import find_known_key, is_identity_provider_key  # noqa: PLC0415 - startup: only for conditions
    from iamglue.lint.rules.conditions.invalid_condition_key_format import has_key_format  # noqa: PLC0415

    prefix = key.partition(":")[0].lower()
    if (
        not has_key_format(key)
        or prefix in _PREFIXES_WITHOUT_SERVICE
        or key.startswith("${")
        or is_identity_provider_key(key)
    ):
        return False
    return services.find_service(prefix) is None and prefix not in retired_services() and find_known_key(key) is None


@lru_cache(maxsize=32768)
def _has_service(action: str) -> bool:
    """True if the action has no prefix, or one that is known, retired, or contains a wildcard or a variable."""
    prefix, colon, _ = action.partition(":")
    if not colon:
        return True
    return _is_open(prefix) or services.find_service(prefix) is not None or prefix.lower() in retired_services()


@lru_cache(maxsize=4096)
def _is_arn_service(name: str) -> bool:
    """True if ARNs with this service exist, or the field contains a wildcard or a variable."""
    return _is_open(name) or arn_formats.is_known_service(name.lower())


def _is_open(name: str) -> bool:
    """True if the name contains a wildcard or a variable."""
    return "*" in name or "?" in name or "${" in name


def _action_violation(node: Node, prefix: str, name: str) -> RuleViolation:
    """The violation of an action's prefix, with the nearest known one."""
    message = (
        f"`{node.text}` has the unknown service `{prefix}`" if prefix else f"the service of `{node.text}` is missing"
    )
    suggestion = _nearest_prefix(prefix)
    if suggestion is None:
        return RuleViolation(
            node, message, help="run `iamglue services` for a list of services", code="INVALID_SERVICE_IN_ACTION"
        )
    text = f"{suggestion}:{name}"
    fix = build_fix(f"write `{text}`", replace_scalar(node, text))
    return RuleViolation(node, message, help=f"did you mean `{text}`?", code="INVALID_SERVICE_IN_ACTION", fix=fix)


def _arn_violation(node: Node, fields: tuple[str, ...]) -> RuleViolation:
    """The violation of the service in an ARN, with the nearest that ARNs have."""
    name = fields[2]
    message = f"`{node.text}` has the unknown service `{name}`" if name else f"the service of `{node.text}` is missing"
    suggestion = arn_formats.nearest_service(name)
    if suggestion is None:
        return RuleViolation(
            node, message, help="run `iamglue services` for a list of services", code="INVALID_SERVICE"
        )
    fix = build_fix(f"write `{suggestion}`", replace_scalar(node, ":".join((*fields[:2], suggestion, *fields[3:]))))
    return RuleViolation(node, message, help=f"did you mean `{suggestion}`?", code="INVALID_SERVICE", fix=fix)


def _key_violation(key: Node) -> RuleViolation:
    """The violation of a key's prefix; a nearest prefix is named if the key then exists."""
    from iamglue.catalog.condition_key_types import find_known_key  # noqa: PLC0415 - startup: only for conditions

    prefix, _, name = key.text.partition(":")
    message = f"the condition key `{key.text}` has the unknown service `{prefix}`"
    suggestion = next(
        (candidate for candidate in (_nearest_prefix(prefix), nearest_word(prefix.lower(), ("aws",))) if candidate),
        None,
    )
    text = f"{suggestion}:{name}"
    if suggestion is None or find_known_key(text) is None:
        return RuleViolation(
            key, message, help="a key begins with the prefix of its service, or with `aws:`", code="INVALID_SERVICE"
        )
    fix = build_fix(f"write `{text}`", replace_scalar(key, text))
    return RuleViolation(key, message, help=f"did you mean `{text}`?", code="INVALID_SERVICE", fix=fix)


def _nearest_prefix(name: str) -> str | None:
    """The prefix for another tool's name of the service, otherwise the prefix with the most similar spelling."""
    lowercase = name.strip().lower()
    other_name = canonical_name(lowercase, NameUse.SERVICE)
    if other_name:
        return other_name.partition("/")[0]
    return nearest_word(lowercase, services.service_prefixes()) if lowercase else None


GOOD = (
    RuleExample('{"Effect": "Allow", "Action": ["DynamoDB:PutItem", "evidently:*", "*"], "Resource": "*"}'),
    RuleExample(
        '{"Effect": "Allow", "Action": "*", "Resource": ["arn:aws:catalog:*:123456789012:product/a",'
        ' "arn:aws:execute-api:*:123456789012:api/*", "arn:aws:*code*::123456789012:*"]}'
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity", "Resource": "*",'
        ' "Condition": {"StringEquals": {"idp.example.com:sub": "me", "SAML:aud": "here", "S3:nothing": "x"}}}'
    ),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "dyanmodb:PutItem", "Resource": "*"}',
        codes=("INVALID_SERVICE_IN_ACTION",),
        fixed='{"Effect": "Allow", "Action": "dynamodb:PutItem", "Resource": "*"}',
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "stepfunctions:StartExecution", "Resource": "*"}',
        codes=("INVALID_SERVICE_IN_ACTION",),
        fixed='{"Effect": "Allow", "Action": "states:StartExecution", "Resource": "*"}',
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqss:eu-west-1:123456789012:jobs"}',
        codes=("INVALID_SERVICE",),
        fixed='{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:eu-west-1:123456789012:jobs"}',
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::images",'
        ' "Condition": {"StringLike": {"s4:prefix": "in/*", "ours:part": "blue"}}}',
        codes=("INVALID_SERVICE", "INVALID_SERVICE"),
        fixed='{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::images",'
        ' "Condition": {"StringLike": {"s3:prefix": "in/*", "ours:part": "blue"}}}',
    ),
)
