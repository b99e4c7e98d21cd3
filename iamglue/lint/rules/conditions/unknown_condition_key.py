"""A condition key does not exist in AWS.

IAM accepts a policy with such a key, but no request ever carries it: the condition never holds, or always holds if
the operator is negated. Keys that begin with `aws:` are global; other keys belong to the service whose prefix they
have. `aws:ARN` is an old name that is no longer supported: `aws:PrincipalArn` is the caller, `aws:SourceArn` the
resource on whose behalf a service acts.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.catalog.condition_key_lookup import candidate_key_names
from iamglue.catalog.condition_key_types import find_known_key, is_identity_provider_key
from iamglue.catalog.services import service_prefixes
from iamglue.findings import Severity, build_fix
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.lint.rules.conditions.deprecated_condition_key import DEPRECATED_KEY, has_only_principal_arns
from iamglue.lint.rules.conditions.invalid_condition_key_format import has_key_format, is_missing_tag_name
from iamglue.lint.rules.document.unknown_service import has_unknown_service
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType
from iamglue.policy.source.edits import replace_scalar
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.spelling import nearest_word

RULE = Rule(
    Severity.ERROR,
    codes=("INVALID_GLOBAL_CONDITION_KEY", "INVALID_SERVICE_CONDITION_KEY", "UNSUPPORTED_GLOBAL_CONDITION_KEY"),
)


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report condition keys with a valid format that the catalogue does not contain."""
    for _, condition in policy.conditions:
        key = condition.key
        if key.kind is not NodeKind.SCALAR or key.unresolved or find_known_key(key.text):
            continue
        if key.text.lower() == DEPRECATED_KEY:
            if not has_only_principal_arns(condition):
                help_ = (
                    "use `aws:PrincipalArn` for the caller, `aws:SourceArn` for the resource that a service acts for"
                )
                yield RuleViolation(
                    key, f"`{key.text}` is no longer supported", help=help_, code="UNSUPPORTED_GLOBAL_CONDITION_KEY"
                )
        elif has_key_format(key.text) and not is_missing_tag_name(key.text) and not _is_exempt(key.text):
            yield _unknown_key_violation(key)


def _is_exempt(text: str) -> bool:
    """Return whether the key is a placeholder or belongs to an identity provider, or `unknown-service` reports it."""
    return text.startswith("${") or is_identity_provider_key(text) or has_unknown_service(text)


def _unknown_key_violation(key: Node) -> RuleViolation:
    """The violation of an unknown key; the code is Access Analyzer's for global keys and for others."""
    prefix = key.text.partition(":")[0]
    is_global = prefix.lower() == "aws"
    code = "INVALID_GLOBAL_CONDITION_KEY" if is_global else "INVALID_SERVICE_CONDITION_KEY"
    is_of_service = prefix.lower() in service_prefixes()
    valid_key = f"condition key of the service `{prefix}`" if is_of_service else "known condition key"
    message = f"`{key.text}` is not a {'global condition key' if is_global else valid_key}"
    suggestion = nearest_word(key.text, candidate_key_names(key.text))
    if suggestion is None:
        kind = "global keys" if is_global else "keys of identity providers"
        help_ = (
            f"`iamglue services {prefix}` lists the keys of the service"
            if is_of_service
            else f"the User Guide lists the {kind}"
        )
        return RuleViolation(key, message, help=help_, code=code)
    replacement = _copy_tag_name(suggestion, key.text)
    if replacement is None:
        return RuleViolation(key, message, help=f"did you mean `{suggestion}`?", code=code)
    fix = build_fix(f"write `{replacement}`", replace_scalar(key, replacement))
    return RuleViolation(key, message, help=f"did you mean `{replacement}`?", code=code, fix=fix)


def _copy_tag_name(suggestion: str, text: str) -> str | None:
    """Return the similar key with the tag key of the misspelled key; None if it needs a tag key and there is none."""
    if "${" not in suggestion and "<" not in suggestion:
        return suggestion
    stem, _, tag = text.partition("/")
    return f"{suggestion.partition('/')[0]}/{tag}" if tag and stem else None


GOOD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "ec2:StartInstances", "Resource": "*", "Condition":'
        ' {"StringEquals": {"AWS:resourcetag/team": "blue", "ec2:ResourceTag/x": "y", "ec2:Region": "eu-west-1"}}}'
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity", "Resource": "*",'
        ' "Condition": {"StringEquals": {"idp.example.com/realm:sub": "me"}}}'
    ),
    RuleExample(
        '{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sns:Publish", "Resource": "*",'
        ' "Condition": {"StringEquals": {"AWS:SourceOwner": "123456789012"}}}',
        type=PolicyType.RESOURCE,
    ),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",'
        ' "Condition": {"IpAddress": {"aws:SourceIpAddress": "203.0.113.0/24"}}}',
        codes=("INVALID_GLOBAL_CONDITION_KEY",),
        fixed='{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",'
        ' "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}',
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*",'
        ' "Condition": {"StringLike": {"s3:prefixes": "in/*"}}}',
        codes=("INVALID_SERVICE_CONDITION_KEY",),
        fixed='{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*",'
        ' "Condition": {"StringLike": {"s3:prefix": "in/*"}}}',
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "ec2:StartInstances", "Resource": "*",'
        ' "Condition": {"StringEquals": {"aws:ResourceTags/team": "blue"}}}',
        codes=("INVALID_GLOBAL_CONDITION_KEY",),
        fixed='{"Effect": "Allow", "Action": "ec2:StartInstances", "Resource": "*",'
        ' "Condition": {"StringEquals": {"aws:ResourceTag/team": "blue"}}}',
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*",'
        ' "Condition": {"ArnLike": {"aws:ARN": "arn:aws:sns:eu-west-1:123456789012:orders"}}}',
        codes=("UNSUPPORTED_GLOBAL_CONDITION_KEY",),
    ),
)
