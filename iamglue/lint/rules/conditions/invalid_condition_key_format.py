"""A condition key does not have the format `prefix:name`, or a tag condition key does not name the tag.

Every condition key begins with the prefix of its service, or with `aws:`. A tag condition key ends in the tag key:
`aws:ResourceTag/team` is the value of the tag `team`; `aws:ResourceTag/` is not a valid key.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from iamglue.catalog.condition_key_lookup import global_keys
from iamglue.catalog.condition_key_types import find_known_key
from iamglue.findings import Severity, build_fix
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy
from iamglue.policy.source.edits import replace_scalar
from iamglue.policy.source.nodes import Node, NodeKind

RULE = Rule(Severity.ERROR, codes=("INVALID_CONDITION_KEY_FORMAT", "MISSING_TAG_KEY_IN_CONDITION"))
_FORMAT = re.compile(r"[^\s:]+:\S.*", re.DOTALL)


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report condition keys with an invalid format."""
    for _, condition in policy.conditions:
        key = condition.key
        if key.kind is not NodeKind.SCALAR or key.unresolved or key.text.startswith("${"):
            continue  # a placeholder that is filled in at deployment, as in `${provider}:sub`
        if not has_key_format(key.text):
            yield _format_violation(key)
        elif is_missing_tag_name(key.text):
            text = f"the tag key is missing after `{key.text}`"
            help_ = f"add the tag key after the slash, for example `{key.text}team`"
            yield RuleViolation(key, text, help=help_, code="MISSING_TAG_KEY_IN_CONDITION")


@lru_cache(maxsize=4096)
def has_key_format(text: str) -> bool:
    """Return whether a key has the format `prefix:name`."""
    return _FORMAT.fullmatch(text) is not None


def is_missing_tag_name(text: str) -> bool:
    """Return whether a key is a tag condition key that ends in its slash."""
    known_key = find_known_key(f"{text}team") if text.endswith("/") else None
    return known_key is not None and known_key.name.lower().startswith((f"{text.lower()}$", f"{text.lower()}<"))


def _format_violation(key: Node) -> RuleViolation:
    """Suggest the global condition key with the same name, if there is one."""
    message = f"the condition key `{key.text}` does not have the format `prefix:name`"
    name = key.text.strip().lstrip(":").lower()
    replacement = next(
        (global_key.name for global_key in global_keys().values() if global_key.name.lower()[4:] == name), None
    )
    if replacement is None:
        return RuleViolation(key, message, help="add the prefix of its service, or `aws:`")
    return RuleViolation(
        key,
        message,
        help=f"did you mean `{replacement}`?",
        fix=build_fix(f"write `{replacement}`", replace_scalar(key, replacement)),
    )


GOOD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "ec2:StartInstances", "Resource": "*",'
        ' "Condition": {"StringEquals": {"aws:ResourceTag/Cost Center": "7", "ec2:Region": "eu-west-1"}}}'
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity", "Resource": "*",'
        ' "Condition": {"StringEquals": {"idp.example.com/realm:sub": "me"}}}'
    ),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",'
        ' "Condition": {"IpAddress": {"SourceIp": "203.0.113.0/24"}}}',
        codes=("INVALID_CONDITION_KEY_FORMAT",),
        fixed='{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",'
        ' "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}',
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "ec2:StartInstances", "Resource": "*",'
        ' "Condition": {"StringEquals": {"aws:ResourceTag/": "blue", "s3:ExistingObjectTag/": "blue"}}}',
        codes=("MISSING_TAG_KEY_IN_CONDITION", "MISSING_TAG_KEY_IN_CONDITION"),
    ),
)
